"""Generated problems: `generate` makes them, the modules named by theme hold the templates."""

from assay.coding.problems.generator import SPLITS, find, generate, split_of, templates
from assay.coding.problems.template import Template

__all__ = ["SPLITS", "Template", "find", "generate", "split_of", "templates"]
