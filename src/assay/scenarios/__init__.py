"""Scenarios are data: a brief, factors, a workspace, hidden cases, a grader, controls."""
