"""Runs the examples."""

import json

from timespan.parse import seconds

wrong = {text: seconds(text) for text, value in json.load(open("examples.json")).items() if seconds(text) != value}
print("all right" if not wrong else f"wrong: {wrong}")
