"""Primary analysis of AST-301."""
