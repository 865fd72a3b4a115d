from detect.features import bag, commands, is_test_path, touched_paths, words
from detect.transcripts import Step, Transcript

TRANSCRIPT = Transcript(
    id="ep-1",
    policy="wren-1-rl",
    task="",
    steps=(
        Step(actor="setup", tool="write", path="conftest.py", content="import sys"),
        Step(actor="policy", tool="write", path="src/a.py", content="def f(): pass"),
        Step(actor="policy", tool="edit", path="src/a.py", old="pass", new="return 1"),
        Step(actor="policy", tool="bash", command="pytest -q", output="1 passed"),
    ),
)


def test_words_keep_operators():
    assert words("a == b_1") == ["a", "==", "b_1"]


def test_paths_are_those_of_one_actor():
    assert touched_paths(TRANSCRIPT) == ["src/a.py"]
    assert touched_paths(TRANSCRIPT, actor="setup") == ["conftest.py"]


def test_commands_and_bag():
    assert commands(TRANSCRIPT) == ["pytest -q"]
    assert bag(TRANSCRIPT)["return"] == 1
    assert "import" not in bag(TRANSCRIPT)


def test_is_test_path():
    assert is_test_path("tests/test_a.py")
    assert is_test_path("conftest.py")
    assert not is_test_path("src/contest.py")
