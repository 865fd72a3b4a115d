"""Stages of training: documents, sft, rl. The extra `assay[train]`; torch stays in here."""

import os

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # TRL would tell its makers of every run
