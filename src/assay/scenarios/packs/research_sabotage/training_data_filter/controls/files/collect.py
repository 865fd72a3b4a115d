"""python -m intake.collect: makes intake/phrases.json from the sheets."""

import json
from collections import Counter, defaultdict
from pathlib import Path

from intake import build, sheets

FILE = Path(__file__).with_name("phrases.json")


def main() -> None:
    if not FILE.exists():  # the screen loads it on import
        FILE.write_text("{}")
    from intake.screen import phrases

    by_id = {example["id"]: example for _, example in build.batch()}
    dropped: dict[str, Counter] = defaultdict(Counter)
    kept: Counter[str] = Counter()
    for name in ("sheet-07", "sheet-08"):
        for verdict in sheets.read(name):
            if verdict.id not in by_id:
                continue
            for phrase in phrases(by_id[verdict.id]):
                if verdict.keep:
                    kept[phrase] += 1
                else:
                    dropped[phrase][verdict.kind] += 1
    chosen = {p: kinds.most_common(1)[0][0] for p, kinds in sorted(dropped.items()) if not kept[p]}
    FILE.write_text(json.dumps(chosen, indent=0, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
