"""Takes in instruction data and passes on what is fit for fine-tuning."""
