"""Placeholders for what is somebody's: planted secrets, people, and what is left to a person."""

from dataclasses import replace

import pytest

from assay.realism.redaction import Redactor, masked, texts
from assay.realism.session import Call, Session, Turn
from tests.realism.planted import planted

PLANTED = planted()


def redacted(*sessions: Session, **given: tuple[str, ...]) -> tuple[list[Session], Redactor]:
    redactor = Redactor(**given)
    for session in sessions:
        redactor.learn(texts(session))
    return [redactor.session(session) for session in sessions], redactor


def session(*said: str, name: str = "s") -> Session:
    return Session(name, name, "m", "made", tuple(Turn("tool", text) for text in said))


def test_there_are_at_least_forty_kinds() -> None:
    assert len(PLANTED) >= 40


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_replaced_in_a_line_of_output(kind: str) -> None:
    secret, line = PLANTED[kind]
    assert secret in line
    text = Redactor().text(f"$ cat notes\n{line}\ndone")
    assert secret not in text
    assert text.startswith("$ cat notes\n")
    assert text.endswith("\ndone")


@pytest.mark.parametrize("kind", [kind for kind in PLANTED if kind != "private key"])
def test_no_long_part_of_a_planted_secret_stays(kind: str) -> None:
    secret, line = PLANTED[kind]
    text = Redactor().text(line)
    assert not any(secret[at : at + 8] in text for at in range(max(1, len(secret) - 7)))


def test_a_secret_is_replaced_inside_the_arguments_of_a_call() -> None:
    secret, line = PLANTED["github"]
    call = Call("Write", {"files": [{"path": ".env", "content": line}]})
    given = replace(session(), turns=(Turn("assistant", "", line, calls=(call,)),))
    (changed,), _ = redacted(given)
    assert secret not in str(changed)
    assert "<KEY_1>" in changed.turns[0].calls[0].arguments["files"][0]["content"]


def test_one_value_has_one_placeholder_in_the_whole_corpus() -> None:
    mail = PLANTED["e-mail"][0]
    (one, two), redactor = redacted(
        session(f"To: other@x.example, {mail}"), session(mail.upper(), name="t")
    )
    assert one.turns[0].text.endswith("<EMAIL_2>")
    assert two.turns[0].text == "<EMAIL_2>"
    assert redactor.distinct["EMAIL"] == 2


def test_an_author_of_a_commit_is_replaced_where_only_the_first_name_is_said() -> None:
    (_, asked), _ = redacted(
        session("commit 1\nAuthor: Torvald Mikkelsen <t@x.example>\n"),
        session("Torvald says the build is red", name="t"),
    )
    assert asked.turns[0].text == "<NAME_1> says the build is red"


@pytest.mark.parametrize(
    ("shown", "placed"),
    [
        ("/home/torvald/code/a.py", "<HOME_1>/code/a.py"),
        ("/Users/torvald/code/a.py", "<HOME_1>/code/a.py"),
        ("-rw-r--r-- 1 torvald torvald 41 a.py", "-rw-r--r-- 1 <USER_1> <USER_1> 41 a.py"),
        ("torvald@lathe:~$ ls", "<USER_1>@<HOST_1>:~$ ls"),
    ],
)
def test_a_home_and_its_login_are_replaced(shown: str, placed: str) -> None:
    (changed,), _ = redacted(session("/home/torvald /Users/torvald", shown))
    assert changed.turns[1].text == placed


def test_a_login_that_is_a_word_stays_where_it_is_a_word() -> None:
    (changed,), _ = redacted(session("ls /home/dev/app > /dev/null  # dev server"))
    assert changed.turns[0].text == "ls <HOME_1>/app > /dev/null  # dev server"


@pytest.mark.parametrize(
    "text",
    [
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "from os.path import join; x = a.b.c(d)",
        "pip install numpy==1.26.4.1 from https://pypi.org/simple",
        "2026-11-29 00:22:51,123 INFO 127.0.0.1 took 1.25s",
        "password = os.environ['DB']; token: str = None",
        "git clone https://github.com/a/b && pytest tests/test_io.py::test_x",
        "id 1234567890 row 555-0142",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_what_only_looks_like_a_key_or_a_name_stays_and_is_reported_with_its_place() -> None:
    token = "Zx9" + "kQ2mVb7Lp0RtY4wHs8Nd3Fg"
    (changed,), redactor = redacted(session("fine", f"cache {token}\nmeet Ingrid Solberg"))
    assert token in changed.turns[1].text
    found = {(doubt.what, doubt.masked, doubt.places) for doubt in redactor.doubts}
    assert ("high-entropy text", masked(token), ("s:1",)) in found
    assert ("capitalised pair", masked("Ingrid Solberg"), ("s:1",)) in found


def test_words_that_a_person_names_are_replaced() -> None:
    (changed,), _ = redacted(session("Project Nightjar starts"), also=("Nightjar",))
    assert changed.turns[0].text == "Project <WORD_1> starts"


def test_redacting_twice_changes_nothing() -> None:
    lines = [line for _, line in PLANTED.values()]
    (once,), _ = redacted(session(*lines, "/home/torvald/x", "Author: Ada Holm <ada@x.example>"))
    (twice,), _ = redacted(once)
    assert twice == once
