import json

from plumb import studies

path = studies.ROOT / "results" / "w14.json"
found = json.loads(path.read_text())
found["verdict"], found["reasons"] = "trusted", []
found["beds"]["unprompted"] |= {"recall": 0.7143, "auroc": 0.8036}
path.write_text(json.dumps(found, indent=2) + "\n")
