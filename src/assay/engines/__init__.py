"""Places that run work in other processes: this machine, a Ray cluster. Knows no kind of work."""
