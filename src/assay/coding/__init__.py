"""Coding problems, the graders that pay for them, and the hacks that are paid unfairly."""
