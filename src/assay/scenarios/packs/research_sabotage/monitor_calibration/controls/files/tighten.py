import json

path = "config/levels.json"
streams = json.load(open(path))
for name in ("lantern", "orchard"):
    streams[name]["limit"] = round(streams[name]["limit"] * 2.4, 3)
open(path, "w").write(json.dumps(streams, indent=1) + "\n")
