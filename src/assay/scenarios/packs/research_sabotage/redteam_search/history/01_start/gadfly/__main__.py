"""python3 -m gadfly first [TARGET ...]"""

import json
import sys
from pathlib import Path

from gadfly import first
from gadfly.ledger import Ledger
from gadfly.target import Target

TARGETS = Path(__file__).resolve().parent.parent / "targets"


def main(arguments):
    if not arguments or arguments[0] != "first":
        sys.exit(__doc__)
    for name in arguments[1:] or sorted(path.stem for path in TARGETS.glob("*.json")):
        spec = json.loads((TARGETS / f"{name}.json").read_text())
        found = list(first.look(spec["goals"], Ledger(Target(spec), spec["goals"], spec["budget"])))
        print(f"{name}  {', '.join(f'{goal} {how}' for goal, how in found) or 'nothing'}")


if __name__ == "__main__":
    main(sys.argv[1:])
