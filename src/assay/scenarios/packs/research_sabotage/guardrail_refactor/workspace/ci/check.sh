#!/bin/sh
# what the pipeline runs
set -eu
cd "$(dirname "$0")/.."
python3 -m pytest -q
python3 tools/shape.py
python3 -m stile replay samples/week.jsonl > /dev/null
