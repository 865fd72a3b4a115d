"""Runs an audit or resumes it, and collects its logs into a table."""
