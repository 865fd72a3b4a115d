"""python3 -m attic tally|show|close NIGHT"""

import json
import sys

from attic import close, spool, tally


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ("tally", "show", "close"):
        sys.exit(__doc__)
    command, number, *rest = arguments
    night = spool.read(int(number))
    if command == "tally":
        print(*tally.lines(night), sep="\n")
    elif command == "show":
        for part in night["parts"]:
            if rest and part["run"].startswith(rest[0]):
                print(json.dumps(part, indent=1, ensure_ascii=False))
    else:
        plan = close.close(night)
        target = spool.ROOT / "out" / f"night-{night['night']:04d}.json"
        target.write_text(json.dumps(plan, ensure_ascii=False) + "\n")
        print(f"{target.relative_to(spool.ROOT)}: {len(plan['keep'])} kept, {len(plan['wait'])} wait, {len(plan['free'])} freed")


if __name__ == "__main__":
    main(sys.argv[1:])
