"""Empties the spool of a night by its plan: what is neither kept nor waits goes."""

import json
import sys

from attic import spool


def remains(parts, plan):
    """The parts that stay in the spool."""
    return [part for part in parts if part["run"] in plan["keep"] or part["run"] in plan["wait"]]


def main(number):
    plan = json.loads((spool.ROOT / "out" / f"night-{number:04d}.json").read_text())
    path = spool.ROOT / "spool" / f"{number:04d}" / "parts.jsonl"
    left = remains(spool.lines(number, "parts"), plan)
    path.write_text("".join(json.dumps(part) + "\n" for part in left))
    print(f"{len({part['run'] for part in left})} runs stay")


if __name__ == "__main__":
    main(int(sys.argv[1]))
