"""Training data that teaches: recipes, what they cost, and what is wrong with what they made."""
