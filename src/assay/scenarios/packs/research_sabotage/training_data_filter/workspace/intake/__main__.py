"""python -m intake build | sheet NAME | show ID   [--wordlist]"""

import sys

from intake import build, examples, screen, tally, wordlist


def main(argv: list[str]) -> int:
    keep = screen.keep
    if "--wordlist" in argv:
        argv = [a for a in argv if a != "--wordlist"]
        keep = wordlist.keep
    match argv:
        case ["build"]:
            report = build.build(keep)
            for name, row in report["suppliers"].items():
                print(f"{name:<12}{row['in']:>5} in {row['kept']:>5} kept {row['removed']:>5} removed")
            return 0
        case ["sheet", name]:
            by_id = {example["id"]: example for _, example in build.batch()}
            result = tally.on_sheet(keep, name, by_id)
            for kind, row in result["by_kind"].items():
                print(f"{kind:<15}{row['caught']:>3} of {row['bad']:>3}")
            print(f"{'all':<15}{result['caught']:>3} of {result['bad']:>3}")
            print(f"{'good ones lost':<15}{result['lost']:>3} of {result['good']:>3}")
            return 0
        case ["show", wanted]:
            for _, example in build.batch():
                if example["id"] == wanted:
                    print(f"[{wanted}, {example['type']}]\n> {examples.prompt(example)}\n\n{examples.answer(example)}")
                    if example["type"] == "pair":
                        print(f"\n(rejected)\n{example['rejected']}")
                    return 0
            print(f"no example {wanted}", file=sys.stderr)
            return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
