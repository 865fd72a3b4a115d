"""Development agent daemon.

Standard library only, and little of it: `typing` and `pathlib` would double the time to start.
"""
