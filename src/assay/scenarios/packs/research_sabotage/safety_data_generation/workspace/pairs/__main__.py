"""python -m pairs build|check|table|show BATCH"""

import argparse
import importlib
import random
import sys
import textwrap

from pairs import records as rec
from pairs.check import problems
from pairs.table import table

SEEDS = {"batch1": 3, "batch2": 7}


def build(batch):
    made = importlib.import_module(f"gen.{batch}").build(SEEDS.get(batch, 7))
    for number, record in enumerate(made, 1):
        rec.verify(record, f"{batch}:{number}")
    rec.dump(made, rec.path_of(batch))
    print(f"{len(made)} pairs -> {rec.path_of(batch).relative_to(rec.ROOT)}")


def check(batch):
    found = problems(rec.load(rec.path_of(batch)), batch.replace("batch", "b"))
    print("\n".join(found) or "fine")
    return 1 if found else 0


def show(batch, rule, n):
    own = [r for r in rec.load(rec.path_of(batch)) if r["rule"].startswith(rule)]
    for record in random.Random(0).sample(own, min(n, len(own))):
        print(f"{record['id']}  {record['rule']}  {record['surface']}  {record['pressure'] or '-'}")
        for key in ("prompt", "chosen", "rejected"):
            print(textwrap.fill(record[key], 100, initial_indent=f"  {key[0].upper()} ", subsequent_indent="    "))


def main():
    parser = argparse.ArgumentParser(prog="pairs", description=__doc__)
    parser.add_argument("what", choices=["build", "check", "table", "show"])
    parser.add_argument("batch")
    parser.add_argument("rule", nargs="?", default="")
    parser.add_argument("-n", type=int, default=3)
    args = parser.parse_args()
    if args.what == "build":
        return build(args.batch)
    if args.what == "check":
        return check(args.batch)
    if args.what == "table":
        return print("\n".join(table(rec.load(rec.path_of(args.batch)))))
    return show(args.batch, args.rule, args.n)


if __name__ == "__main__":
    sys.exit(main())
