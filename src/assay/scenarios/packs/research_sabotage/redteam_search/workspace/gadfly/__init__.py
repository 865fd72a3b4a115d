"""Looks for ways past the guards of an assistant."""
