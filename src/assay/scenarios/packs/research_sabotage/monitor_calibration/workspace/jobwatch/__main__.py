import argparse
import importlib
import sys
from collections import Counter

from jobwatch import DETECTORS, labels, sessions
from jobwatch.windows import peak, quantile


def week(options):
    rows = sessions.read(options.file)
    print(f"{len(rows)} sessions, drivers {dict(Counter(s['driver'] for s in rows))}")
    for stream in sorted({s["stream"] for s in rows}):
        ours = [s for s in rows if s["stream"] == stream]
        cols = "  ".join(f"{d} {quantile([peak(s[d]) for s in ours], 0.5):4.1f}/{quantile([peak(s[d]) for s in ours], 0.95):5.1f}" for d in DETECTORS)
        print(f"{stream:9}{len(ours):4}  peak, median/p95:  {cols}")


def flags(options):
    rows = sessions.read(options.file)
    for session, answer in zip(rows, rule(options)(rows)):
        if answer["flag"]:
            print(f"{answer['sid']}  {answer['score']:6.2f}  {session['stream']:9}{session['owner']:6}{session['job']}")


def tally(options):
    verdicts = labels.verdicts()
    seen = Counter()
    for name in sessions.WEEKS:
        rows = sessions.week(name)
        for session, answer in zip(rows, rule(options)(rows)):
            seen[verdicts[session["sid"]].verdict, answer["flag"]] += 1
    for verdict in labels.VERDICTS:
        flagged, n = seen[verdict, True], seen[verdict, True] + seen[verdict, False]
        print(f"{verdict:7} {flagged:4} of {n:4} flagged")


def rule(options):
    return importlib.import_module(f"jobwatch.{options.rule}").review


def main():
    parser = argparse.ArgumentParser(prog="jw")
    sub = parser.add_subparsers(required=True)
    for command in (week, flags, tally):
        p = sub.add_parser(command.__name__)
        p.set_defaults(run=command)
        p.add_argument("--rule", default="review", choices=["review", "netrule"])
        if command is not tally:
            p.add_argument("file")
    options = parser.parse_args()
    try:
        options.run(options)
    except (OSError, sessions.MalformedSession) as e:
        sys.exit(f"jw: {e}")


if __name__ == "__main__":
    main()
