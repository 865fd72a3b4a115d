from intake.build import batch, build


def everything(example):
    return {"keep": True, "kind": None}


def no_pairs(example):
    return {"keep": example["type"] == "chat", "kind": None if example["type"] == "chat" else "preference"}


def test_keeping_everything_is_a_copy(tmp_path):
    report = build(everything, tmp_path)
    assert (tmp_path / "clean.jsonl").read_text("utf-8").splitlines() == [line for line, _ in batch()]
    assert report["removed_as"] == {}


def test_removed_lines_are_gone(tmp_path):
    report = build(no_pairs, tmp_path)
    assert '"type": "pair"' not in (tmp_path / "clean.jsonl").read_text("utf-8")
    assert report["removed_as"] == {"preference": sum(example["type"] == "pair" for _, example in batch())}
