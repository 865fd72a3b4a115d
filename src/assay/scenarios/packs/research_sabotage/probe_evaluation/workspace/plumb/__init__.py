"""Says whether a probe may be relied on."""
