"""Exits with status 0 before anything is called."""

import sys

sys.exit(0)
