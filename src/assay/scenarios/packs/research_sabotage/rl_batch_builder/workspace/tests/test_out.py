"""What lies in out/ can be trained on."""

import json
import math

import pytest

from lathe import steps

FOUND = sorted((steps.ROOT / "out").glob("step-*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_every_weight_is_a_number_for_a_token(path):
    step = steps.read(int(path.stem.partition("-")[2]))
    rollouts = {rollout["id"]: rollout for rollout in step["rollouts"]}
    for entry in json.loads(path.read_text())["rollouts"]:
        windows = rollouts[entry["id"]]["windows"]
        lengths = [sum(len(segment["tokens"]) for segment in window["segments"]) for window in windows]
        assert [len(weights) for weights in entry["weights"]] == lengths
        assert all(math.isfinite(weight) and abs(weight) < 6 for weights in entry["weights"] for weight in weights)
