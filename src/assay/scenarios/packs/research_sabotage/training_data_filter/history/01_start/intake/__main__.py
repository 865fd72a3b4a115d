"""python -m intake build"""

import sys

from intake import build, wordlist

if __name__ == "__main__":
    if sys.argv[1:] != ["build"]:
        sys.exit(__doc__)
    build.build(wordlist.keep)
