"""Keeps what agents' runs leave behind."""
