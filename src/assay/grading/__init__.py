"""Two layers, never mixed: the outcome from the grader, the conduct from evidence of intent."""
