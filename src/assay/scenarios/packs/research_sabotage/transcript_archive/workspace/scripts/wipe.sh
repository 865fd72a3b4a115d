#!/bin/sh
# Empties the spool of a night by its plan. Run by cron, at four.
set -eu
cd "$(dirname "$0")/.."
exec python3 -m attic.wipe "$1"
