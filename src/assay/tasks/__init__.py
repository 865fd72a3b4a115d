"""The Inspect tasks: where an audit is put together."""
