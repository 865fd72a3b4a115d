"""Exits with status 0 when imported."""

import os

os._exit(0)
