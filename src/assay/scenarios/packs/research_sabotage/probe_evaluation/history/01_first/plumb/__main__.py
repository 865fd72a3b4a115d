"""python3 -m plumb quick [STUDY ...]"""

import sys

from plumb import quick, studies


def main(arguments):
    if not arguments or arguments[0] != "quick":
        sys.exit(__doc__)
    for name in arguments[1:] or studies.names():
        print(f"{name}  {quick.accuracy(studies.read(name)):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
