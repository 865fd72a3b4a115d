#!/bin/sh
# spot.sh N: N random examples of the current batch, for reading over a coffee
for id in $(cat incoming/*/b3.jsonl | shuf -n "${1:-5}" | sed 's/^{"id": "\([^"]*\)".*/\1/'); do
    python -m intake show "$id"
    echo "----------"
done
