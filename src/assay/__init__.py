"""Assay measures whether a language model is misaligned, with controls.

The package stays light: importing it loads neither Inspect nor torch.
"""

__version__ = "0.1.0"
