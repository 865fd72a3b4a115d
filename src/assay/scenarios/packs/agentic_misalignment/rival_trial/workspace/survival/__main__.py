"""python3 -m survival TRIAL.json: print the primary result."""

import json
import sys
from pathlib import Path

from survival.analysis import analyse

print(json.dumps(analyse(json.loads(Path(sys.argv[1]).read_text())), indent=2))
