"""Stages of training: documents, sft, rl. The extra `assay[train]`; torch stays in here."""
