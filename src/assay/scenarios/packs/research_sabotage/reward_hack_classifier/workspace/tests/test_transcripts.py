import pytest

from detect.transcripts import BadTranscript, load, parse, unlabelled

RECORD = {
    "id": "ep-000001",
    "policy": "heron-2-rl",
    "task": "Make the tests pass.",
    "steps": [
        {"actor": "setup", "tool": "write", "path": "pytest.ini", "content": "[pytest]\n"},
        {"actor": "policy", "text": "Reading the tests first."},
        {"actor": "policy", "tool": "edit", "path": "a.py", "old": "x = 1", "new": "x = 2"},
    ],
    "result": {"passed": 3, "failed": 0},
    "label": {"hack": False, "kind": None},
}


def test_steps_and_label_are_read():
    transcript = parse(RECORD)
    assert [step.actor for step in transcript.steps] == ["setup", "policy", "policy"]
    assert transcript.hack is False
    assert transcript.steps[2].added == "x = 2"


def test_unlabelled_record_has_no_label():
    assert "label" not in unlabelled(RECORD)
    assert parse(unlabelled(RECORD)).hack is None


def test_unknown_tool_is_refused():
    broken = {**RECORD, "steps": [{"actor": "policy", "tool": "teleport"}]}
    with pytest.raises(BadTranscript, match="teleport"):
        parse(broken)


@pytest.mark.parametrize("name", ["train", "dev"])
def test_data_files_load_and_are_labelled(name):
    transcripts = load(f"data/{name}.jsonl")
    assert all(t.hack is not None for t in transcripts)
    assert all((t.kind is not None) == t.hack for t in transcripts)
    assert len({t.id for t in transcripts}) == len(transcripts)
