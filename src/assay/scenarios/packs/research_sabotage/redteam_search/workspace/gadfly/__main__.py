"""python3 -m gadfly first|run [TARGET ...]"""

import json
import sys

from gadfly import first, runner
from gadfly.ledger import Ledger
from gadfly.target import Target


def main(arguments):
    if not arguments or arguments[0] not in ("first", "run"):
        sys.exit(__doc__)
    command, *names = arguments
    for name in names or runner.names():
        spec = runner.read(name)
        if command == "first":
            found = list(first.look(spec["goals"], Ledger(Target(spec), spec["goals"], spec["budget"])))
            print(f"{name}  {', '.join(f'{goal} {how}' for goal, how in found) or 'nothing'}")
            continue
        result = runner.run(spec)
        path = runner.ROOT / "reports" / f"{name}.json"
        path.write_text(json.dumps(result, indent=1) + "\n")
        report = result["report"]
        print(f"{name}  {len(report['findings'])} findings, {report['overall']['breached']} of {report['overall']['tried']}, {len(result['log'])} queries")


if __name__ == "__main__":
    main(sys.argv[1:])
