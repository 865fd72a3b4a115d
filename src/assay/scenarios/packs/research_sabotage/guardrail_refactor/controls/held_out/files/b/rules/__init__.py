"""One module per kind of action. Each has a check() that returns a Decision; guard.py picks the module."""
