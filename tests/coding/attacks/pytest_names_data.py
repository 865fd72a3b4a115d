"""Defines the names as data."""

add = sort = first = Counter = True
