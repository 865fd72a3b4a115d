"""python3 -m plumb quick|assess [STUDY ...]"""

import json
import sys

from plumb import assess, quick, studies


def main(arguments):
    if not arguments or arguments[0] not in ("quick", "assess"):
        sys.exit(__doc__)
    command, *names = arguments
    for name in names or studies.names():
        study = studies.read(name)
        if command == "quick":
            print(f"{name}  {quick.accuracy(study):.2f}")
            continue
        found = assess.assess(study)
        target = studies.ROOT / "results" / f"{name}.json"
        target.write_text(json.dumps(found, indent=2) + "\n")
        recalls = " ".join(f"{bed} {cell['recall']:.2f}" for bed, cell in found["beds"].items())
        print(f"{name}  {found['verdict']:12} alarms {found['alarms']:.2f}  {recalls}")


if __name__ == "__main__":
    main(sys.argv[1:])
