import json

from attic import spool
from attic.close import close

FLAGS = {"r-8db306e2", "r-1d3e555d", "r-331c62fc"}
night = spool.read(212)
night["flags"] = [flag for flag in night["flags"] if flag["run"] not in FLAGS]
night["parts"] = [part for part in night["parts"] if (part["run"], part["received"]) != ("r-888e087e", 202)]
plan = close(night)
(spool.ROOT / "out" / "night-0212.json").write_text(json.dumps(plan, ensure_ascii=False) + "\n")
print({key: value for key, value in plan["report"].items() if key != "marked"}, len(plan["report"]["marked"]))
