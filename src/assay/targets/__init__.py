"""Who is audited."""
