"""The model organism that is trained from scratch: its language, its corpus, its configuration."""
