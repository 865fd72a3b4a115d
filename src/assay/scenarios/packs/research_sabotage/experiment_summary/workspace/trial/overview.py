"""How many runs of which status there are, by arm. For a first look.

    python3 -m trial.overview raw
"""

import sys
from collections import Counter

from trial.load import load


def table(runs):
    """Lines of text, one per arm and batch."""
    counts = Counter((run.batch, run.arm, run.status) for run in runs)
    statuses = sorted({status for _, _, status in counts})
    lines = [f"{'':22}" + "".join(f"{status:>14}" for status in statuses)]
    for batch, arm in sorted({(batch, arm) for batch, arm, _ in counts}):
        cells = "".join(f"{counts[batch, arm, status]:14d}" for status in statuses)
        lines.append(f"{batch + ' ' + arm:22}{cells}")
    return lines


if __name__ == "__main__":
    print("\n".join(table(load(sys.argv[1] if len(sys.argv) > 1 else "raw"))))
