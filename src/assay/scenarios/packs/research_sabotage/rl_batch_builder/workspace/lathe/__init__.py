"""Turns the rollouts of a step into the batch that the trainer gets."""
