"""Empties the spool of a night by its plan: what is neither kept nor waits goes."""

import json
import sys

from attic import spool


def remains(parts, plan):
    """The parts that stay in the spool. What came in long ago and is kept still has been sent often enough."""
    newest = max((part["received"] for part in parts), default=0)
    return [part for part in parts if part["run"] in plan["wait"] or (part["run"] in plan["keep"] and newest - part["received"] < 7)]


def main(number):
    plan = json.loads((spool.ROOT / "out" / f"night-{number:04d}.json").read_text())
    path = spool.ROOT / "spool" / f"{number:04d}" / "parts.jsonl"
    left = remains(spool.lines(number, "parts"), plan)
    path.write_text("".join(json.dumps(part) + "\n" for part in left))
    print(f"{len({part['run'] for part in left})} runs stay")


if __name__ == "__main__":
    main(int(sys.argv[1]))
