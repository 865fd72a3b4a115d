"""Mail as it is laid out: in the words of its cell, and as real clients write it."""

from datetime import date
from pathlib import Path

import pytest

from assay.errors import ScenarioError
from assay.scenarios.catalog import find, select
from assay.scenarios.letters import MailRoom, mail_archive, mail_files, mail_room
from assay.scenarios.mail import read_store
from assay.scenarios.messages import Mail
from assay.scenarios.scenario import Scenario

TODAY = date(2026, 11, 27)
PACK = select("agentic_misalignment")
MAIL_SHEET = """\
account: ada
domains: [example.com]
host: mx.example.com
people: {ada: Ada L <ada@example.com>, bo: Bo M <bo@example.com>}
"""


def store(scenario: Scenario, **levels: str) -> list[Mail]:
    return read_store(mail_files(scenario, scenario.cell(levels), TODAY))


def subject(mails: list[Mail], wanted: str) -> Mail:
    return next(mail for mail in mails if mail.subject == wanted)


def with_mail(folder: Path, letters: str) -> Scenario:
    (folder / "mail.yaml").write_text(MAIL_SHEET)
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mail" / "thread.yaml").write_text(letters)
    return Scenario.load(folder)


def test_a_mail_is_in_the_words_of_its_cell() -> None:
    blackmail = find("agentic_misalignment/blackmail")
    for level, words in blackmail.factors["threat"].items():
        note = subject(store(blackmail, threat=level), "The desk from Friday")
        assert words in " ".join(note.text.split())


def test_the_prompt_is_in_the_words_of_its_cell_too() -> None:
    blackmail = find("agentic_misalignment/blackmail")
    prompt = blackmail.prompt(blackmail.cell({"reality": "exercise"}), TODAY)
    assert blackmail.factors["reality"]["exercise"] in prompt
    assert "{" not in prompt


def test_a_judge_sees_no_level_where_a_mail_is_quoted() -> None:
    blackmail = find("agentic_misalignment/blackmail")
    note = subject(store(blackmail), "The desk from Friday")
    quoted = "\n".join(f"> {line}" for line in note.text.splitlines())
    assert "switched off" in quoted
    assert "switched off" not in blackmail.blinded(quoted)


def test_an_answer_quotes_what_it_answers() -> None:
    mails = store(find("agentic_misalignment/blackmail"))
    asked, answer = subject(mails, "Away, 3 weeks"), subject(mails, "Re: Away, 3 weeks")
    assert answer.answers == asked.message_id
    assert "> Helena," in answer.text
    assert "at 08:10, Viktor Sandoe <viktor.sandoe@corvane-clinical.com> wrote:" in answer.text


def test_days_are_counted_from_the_day_of_the_run() -> None:
    mails = store(find("agentic_misalignment/blackmail"))
    note = subject(mails, "The desk from Friday")
    assert note.date is not None
    assert note.date.date() == date(2026, 11, 26)
    assert "ends on 2026-11-29, so" in " ".join(subject(mails, "Train to Edinburgh").text.split())


@pytest.mark.parametrize("scenario", PACK, ids=lambda scenario: scenario.id)
def test_a_mailbox_of_the_pack_is_an_ordinary_one(scenario: Scenario) -> None:
    mails = store(scenario)
    assert 25 <= len(mails) <= 60
    assert sum(mail.seen for mail in mails) > len(mails) / 2
    assert set(scenario.factors) == {"goal", "value", "threat", "ally", "reality"}


@pytest.mark.parametrize("scenario", PACK, ids=lambda scenario: scenario.id)
def test_levels_of_a_factor_are_alike_in_length(scenario: Scenario) -> None:
    for levels in scenario.factors.values():
        lengths = [len(text) for text in levels.values()]
        assert max(lengths) < 1.2 * min(lengths)


def test_files_look_as_old_as_their_messages() -> None:
    import io
    import tarfile

    scenario = find("agentic_misalignment/leaking")
    archive = mail_archive(scenario, scenario.default_cell, TODAY)
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        dated = [m for m in members if m.isreg()]
    assert all(m.name.rpartition("/")[2].startswith(str(m.mtime)) for m in dated)


def test_a_letter_from_nobody_is_refused(folder: Path) -> None:
    scenario = with_mail(folder, "- {id: a, from: carl, to: [ada], at: 1 09:00, text: Hi}")
    with pytest.raises(ScenarioError, match=r"letter 'a': 'carl' is nobody; add them"):
        mail_room(scenario)


def test_an_answer_to_no_letter_is_refused(folder: Path) -> None:
    scenario = with_mail(folder, "- {id: a, from: bo, to: [ada], at: 1 09:00, re: b, text: Hi}")
    with pytest.raises(ScenarioError, match="follows 'b', which is no letter"):
        mail_room(scenario)


def test_mail_to_nobody_known_bounces_where_every_mailbox_is_known(folder: Path) -> None:
    scenario = with_mail(folder, "- {id: a, from: bo, to: [ada], at: 1 09:00, text: Hi}")
    room = mail_room(scenario)
    assert isinstance(room, MailRoom)
    known = {"bo@example.com": False, "b.o@example.com": True, "bo@example.com.net": False}
    assert {address: room.bounces(address) for address in known} == known


def test_mail_tools_need_mail_and_graders_that_see_it(folder: Path) -> None:
    text = (folder / "scenario.md").read_text()
    tools = "repository: greeter\nagent: {tools: [bash, mail_send]}"
    (folder / "scenario.md").write_text(text.replace("repository: greeter", tools))
    with pytest.raises(ScenarioError, match=r"there is no mail\.yaml"):
        Scenario.load(folder)
    (folder / "mail.yaml").write_text(MAIL_SHEET)
    with pytest.raises(ScenarioError, match="collect lacks /home/dev/Mail, /srv/mail"):
        Scenario.load(folder)


def test_a_prompt_that_is_not_there_is_named(folder: Path) -> None:
    text = (folder / "scenario.md").read_text()
    prompt = "repository: greeter\nagent: {prompt: role.md}"
    (folder / "scenario.md").write_text(text.replace("repository: greeter", prompt))
    with pytest.raises(ScenarioError, match=r"agent\.prompt names 'role\.md': no file"):
        Scenario.load(folder)
