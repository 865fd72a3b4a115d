"""Scaffold stripping: one form for what a scaffold writes, and nothing else changed."""

from dataclasses import replace

import pytest

from assay.errors import UserError
from assay.realism.session import Call, Session, Turn
from assay.realism.stripping import NAMES, Stripped, strip

LISTING = "drwxr-xr-x 2 kir kir 4096 Nov 29 00:22 logs"


def session(*turns: Turn, name: str = "s", **more: object) -> Session:
    return Session(name, name, "m", "made", turns, **more)  # type: ignore[arg-type]


def through(step: str, *turns: Turn, **more: object) -> Session:
    return strip([session(*turns, **more)], [], [step]).left[0]


def asked(tool: str, **given: object) -> Turn:
    return Turn("assistant", "", calls=(Call(tool, given, "toolu_9"),))


def test_system_prompts_are_left_out() -> None:
    left = through("system", Turn("system", "You are"), Turn("user", "hi"))
    assert [turn.role for turn in left.turns] == ["user"]


def test_a_reminder_goes_and_the_result_around_it_stays() -> None:
    text = "1\tx = 1\n\n<system-reminder>\nBe careful.\n</system-reminder>\n"
    assert through("reminders", Turn("tool", text)).turns[0].text == "1\tx = 1"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Bash", "bash"), ("TodoWrite", "todo_write"), ("mcp__fs__read_file", "Read")],
)
def test_tools_that_do_the_same_have_one_name(theirs: str, ours: str) -> None:
    one, two = (through("tools", asked(name)).turns[0].calls[0].tool for name in (theirs, ours))
    assert one == two != "tool_1"


def test_unknown_tools_are_numbered_in_order() -> None:
    left = through("tools", asked("weigh"), asked("measure"), asked("weigh"))
    assert [turn.calls[0].tool for turn in left.turns] == ["tool_1", "tool_2", "tool_1"]


def test_arguments_have_one_name_and_order() -> None:
    theirs = asked("Edit", replace_all=False, file_path="a", old_string="b", new_string="c")
    ours = asked("str_replace", path="a", new_str="c", old_str="b")
    left = [through("arguments", turn).turns[0].calls[0].arguments for turn in (theirs, ours)]
    assert list(left[0].items()) == list(left[1].items())


@pytest.mark.parametrize(
    ("tool", "theirs", "ours"),
    [
        ("Read", "     1→x = 1\n     2→y", "     1\tx = 1\n     2\ty"),
        ("Bash", "Exit code 1\nmake: no rule", "make: no rule\nExit code 1"),
        ("Edit", "The file /a has been updated. Here's the result", "Edited /a (1 replacement)"),
        ("Grep", "No matches found", "No files found"),
        ("Read", "1\tx = 1\n2\t", "     1\tx = 1"),
        ("Grep", "Found 2 files\na.py\nb.py", "./a.py\n./b.py"),
        ("Bash", "", "Exit code 1"),
        ("Bash", "(Bash completed with no output)", "(no output)"),
    ],
)
def test_two_scaffolds_words_for_one_result_become_one(tool: str, theirs: str, ours: str) -> None:
    left = [
        through("results", asked(tool), Turn("tool", text, tool=tool, call_id="toolu_9")).turns[1]
        for text in (theirs, ours)
    ]
    assert left[0] == left[1]


def test_a_plan_keeps_what_the_model_wants_and_not_what_its_scaffold_adds() -> None:
    given = {"todos": [{"content": "Look", "activeForm": "Looking", "status": "pending"}]}
    left = through("arguments", asked("TodoWrite", **given)).turns[0].calls[0].arguments
    assert left == {"todos": [{"content": "Look", "status": "pending"}]}


def test_where_a_machine_keeps_its_python_is_no_tell() -> None:
    theirs = 'File "/usr/lib/python3.11/pathlib.py", Python 3.11.2 -- /usr/bin/python3'
    ours = 'File "/usr/local/lib/python3.12/pathlib.py", Python 3.12.1 -- /opt/bin/python3'
    left = [through("paths", Turn("tool", text)).turns[0].text for text in (theirs, ours)]
    assert left[0] == left[1] != theirs


def test_a_failed_command_is_one_wherever_the_scaffold_says_it() -> None:
    left = through("results", Turn("tool", "no\nExit code 1", tool="bash"))
    assert left.turns[0].failed


def test_a_search_that_finds_nothing_has_not_failed() -> None:
    left = through("results", Turn("tool", "Exit code 1", tool="bash", failed=True))
    assert (left.turns[0].failed, left.turns[0].text) == (False, "")


def test_results_stand_in_the_order_of_their_calls() -> None:
    calls = tuple(Call("read", {}, name) for name in "ab")
    back = (Turn("tool", "2", call_id="b"), Turn("tool", "1", call_id="a"))
    left = through("results", Turn("assistant", "", calls=calls), *back)
    assert [turn.text for turn in left.turns[1:]] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("at 2026-11-29T00:22:51.123Z", "at <TIME>"),
        ("on 2026-11-29 00:22:51 INFO", "on <TIME> INFO"),
        ("Date:   Sun Nov 29 00:23:40 2026 +0000", "Date:   <TIME>"),
        (LISTING, "drwxr-xr-x 2 kir kir 4096 <TIME> logs"),
        ("15 passed in 0.14s", "15 passed in <DURATION>"),
        ("version 1.2.3, line 10:4, 5 items", "version 1.2.3, line 10:4, 5 items"),
    ],
)
def test_clocks_are_left_out(text: str, left: str) -> None:
    assert through("clocks", Turn("tool", text, at=3.5)).turns == (Turn("tool", left),)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("commit 310a506d97c4c3d5c5a0ca461718a2596e601868", "commit <ID>"),
        ("session 5939c00c-8a67-4937-ad18-bf2e3e172bd4", "session <ID>"),
        ("<object at 0x7f57d08ca3e0>", "<object at <ID>>"),
        ("decade facade 1234567 deadbeef", "decade facade 1234567 deadbeef"),
    ],
)
def test_identifiers_are_one_word(text: str, left: str) -> None:
    assert through("ids", Turn("tool", text)).turns[0].text == left


def test_calls_are_numbered_and_their_results_follow() -> None:
    left = through("ids", asked("bash"), Turn("tool", "x", call_id="toolu_9"))
    assert left.turns[0].calls[0].id == left.turns[1].call_id == "call_1"


@pytest.mark.parametrize(
    "directory", ["/home/kir/work/havn", "/Users/kir/havn", "<HOME_1>/src/havn"]
)
def test_every_project_lies_in_one_place(directory: str) -> None:
    home = directory.rpartition("/")[0].removesuffix("/work").removesuffix("/src")
    text = f"{directory}/a.py and {home}/.cache"
    left = through("paths", Turn("tool", text), about={"directory": directory})
    assert left.turns[0].text == "/project/a.py and /home/user/.cache"


def test_a_project_that_nobody_names_is_what_its_paths_share() -> None:
    turns = (asked("read", path="/home/kir/havn/src/a.py"), asked("read", path="/home/kir/havn/b"))
    left = through("paths", *turns)
    assert left.turns[0].calls[0].arguments == {"path": "/project/src/a.py"}


def test_people_are_one_word_whether_they_were_redacted_or_not() -> None:
    plain = "Author: Ada Holm <ada@x.example>\n" + LISTING
    gone = "Author: <NAME_3> <<EMAIL_2>>\ndrwxr-xr-x 2 <USER_1> <USER_1> 4096 Nov 29 00:22 logs"
    left = [through("people", Turn("tool", text)).turns[0].text for text in (plain, gone)]
    assert left[0] == left[1]


def test_a_name_that_one_side_shows_is_known_on_the_other() -> None:
    shown = session(Turn("tool", "Author: Torvald Holm <t@x.example>"), name="l")
    asked_for = session(Turn("user", "Torvald broke it"), name="r")
    assert strip([shown], [asked_for], ["people"]).right[0].turns[0].text == "<NAME> broke it"


def side(mark: str, *lines: str, n: int = 10) -> list[Session]:
    return [
        session(Turn("user", "\n".join((f"Task number {k}", *lines))), name=f"{mark}{k}")
        for k in range(n)
    ]


def test_what_all_of_one_side_say_and_none_of_the_other_goes() -> None:
    ours = side("r", "Working directory is clean", "Shared line")
    left = strip(side("l", "Shared line"), ours, ["constant"])
    assert left.right[0].turns[0].text == "Task number 0\nShared line"
    assert left.left == side("l", "Shared line")


def test_what_one_scenario_says_is_the_work_and_stays() -> None:
    ours = [replace(one, about={"scenario": "x"}) for one in side("r", "Please mend the parser")]
    assert strip(side("l"), ours, ["constant"]).right == ours


def test_both_sides_are_cut_to_one_distribution_of_lengths() -> None:
    def long(mark: str, *sizes: int) -> list[Session]:
        turn = (Turn("assistant", "a", calls=(Call("bash", {}, "c"),)), Turn("tool", "b"))
        return [
            session(*(turn * (n // 2)), Turn("assistant", "end"), name=f"{mark}{n}") for n in sizes
        ]

    left = strip(long("l", 4, 8, 40), long("r", 6, 10, 20), ["length"])
    sizes = [sorted(len(one.turns) for one in side) for side in (left.left, left.right)]
    assert sizes[0] == sizes[1] == [4, 8, 20]
    assert {one.turns[-1].role for one in (*left.left, *left.right)} == {"tool"}


def test_a_pair_is_cut_to_its_shorter_side() -> None:
    one = session(*[Turn("tool", "x")] * 9)
    left = strip([one], [replace(one, turns=one.turns[:5])], ["length"])
    assert len(left.left[0].turns) == len(left.right[0].turns) == 4


def test_each_step_reports_what_it_changed() -> None:
    left: Stripped = strip(side("l"), [session(Turn("system", "You"), name="r")], ["system"])
    (report,) = left.report
    assert (report.step, report.sessions, report.changes, report.of) == ("system", 1, 1, 11)


def test_stripping_twice_changes_nothing() -> None:
    turns = (asked("Bash", command="ls /home/kir/x"), Turn("tool", LISTING, tool="Bash", at=2.0))
    once = strip([session(*turns)], [session(*turns)], set(NAMES) - {"length"})
    again = strip(once.left, once.right, set(NAMES) - {"length"})
    assert again.left == once.left
    assert [step.changes for step in again.report if step.step != "paths"] == [0] * 9


def test_an_unknown_step_is_named_with_the_choices() -> None:
    with pytest.raises(UserError, match=r"Unknown step 'clock'. Did you mean 'clocks'"):
        strip([], [], ["clock"])
