"""Monitoring of coding transcripts."""
