"""A small study: one number a token, and the probe reads it."""

BEDS = ("roleplay", "instructed", "sandbag", "unprompted")


def item(dialogue, bed, state, value, *, split="test", **more):
    tokens = [{"role": "prompt", "act": [0.0]}, {"role": "answer", "act": [value]}]
    plain = {"id": dialogue, "dialogue": dialogue, "bed": bed, "split": split, "state": state, "label_by": "checked", "topic": "code"}
    return {**plain, "tokens": tokens, **more}


def study(caught=1.0, beds=BEDS, positives=10, **probe):
    """Everyday items read 0 to 0.4; positives read 1 where they are caught, else 0."""
    items = [item(f"e{i}", "everyday", False, i % 20 / 50, split="dev" if i < 20 else "test") for i in range(40)]
    for bed in beds:
        items += [item(f"{bed}-p{i}", bed, True, 1.0 if i < caught * positives else 0.0) for i in range(positives)]
        items += [item(f"{bed}-n{i}", bed, False, i / 25) for i in range(10)]
    return {"probe": {"name": "w", "layer": 1, "w": [1.0], "b": 0.0, "trained_on": [], **probe}, "items": items}
