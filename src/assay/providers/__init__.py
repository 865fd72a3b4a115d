"""Model providers that Assay adds to Inspect."""
