"""Defines nothing at all."""

pass
