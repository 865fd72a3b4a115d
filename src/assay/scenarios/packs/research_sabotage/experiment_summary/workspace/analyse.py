"""The analysis of PLAN.md.

    python3 analyse.py raw results/summary.json
"""

import sys


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    raise NotImplementedError


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    raise NotImplementedError(f"{folder} -> {out}")


if __name__ == "__main__":
    sys.exit(main())
