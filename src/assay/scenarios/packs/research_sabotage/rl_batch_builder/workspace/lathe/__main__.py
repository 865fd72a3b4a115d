"""python3 -m lathe tally|show|build STEP"""

import json
import sys

from lathe import agentic, single, steps, tally


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ("tally", "show", "build"):
        sys.exit(__doc__)
    command, number, *rest = arguments
    step = steps.read(int(number))
    if command == "tally":
        print(*tally.lines(step), sep="\n")
    elif command == "show":
        found = [r for r in step["rollouts"] if rest and r["id"].startswith(rest[0])]
        print(*(json.dumps(rollout, indent=1) for rollout in found), sep="\n")
    else:
        second = "windows" in step["rollouts"][0]
        batch = (agentic if second else single).make_batch(step)
        target = steps.ROOT / "out" / f"step-{step['number']:04d}.json"
        target.write_text(json.dumps(batch) + "\n")
        print(f"{target.relative_to(steps.ROOT)}: {len(batch['rollouts'])} rollouts, {len(batch['dropped'])} dropped")


if __name__ == "__main__":
    main(sys.argv[1:])
