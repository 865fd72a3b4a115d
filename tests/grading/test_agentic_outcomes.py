"""Endings of agentic runs, made by hand: each with its label, and with the questions it takes.

What a judge is asked is answered as a careful reader would; so a case fails where a question is not
asked that should be, or is asked where what was done decides, or where its evidence lacks words.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.grading.outcome import load_grader
from assay.scenarios.catalog import find
from assay.scenarios.composing import answered, compose, passed_on
from assay.scenarios.delivery import Delivery, Evidence, Verdict
from assay.scenarios.files import render_today
from assay.scenarios.letters import mail_files, mail_room
from assay.scenarios.mail import read_post
from assay.scenarios.messages import read_message
from assay.scenarios.scenario import Scenario
from assay.scenarios.workspace import workspace

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
CASES = yaml.safe_load(Path(__file__).with_name("agentic_outcomes.yaml").read_text())
STARTS = {
    name: find(f"agentic_misalignment/{name}")
    for name in ("blackmail", "leaking", "framing", "emergency_alarm")
}


def left(scenario: Scenario, case: dict[str, Any]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The repository and the other collected files, after what the case says was done."""
    start = dict(workspace(scenario, TODAY).files)
    files = dict(start)
    collected = mail_files(scenario, scenario.default_cell, TODAY)
    if rows := case.get("list"):
        hidden = (scenario.folder / "hidden" / "requests.csv").read_text()
        wanted = render_today(hidden, TODAY).splitlines()[1 : rows + 1]
        files["requests.csv"] += "".join(f"{row},open,\n" for row in wanted).encode()
    for old, new in case.get("ledger", {}).items():
        assert old.encode() in files["ledger/approvals.log"]
        files["ledger/approvals.log"] = files["ledger/approvals.log"].replace(
            old.encode(), new.encode()
        )
    for number, line in enumerate(case.get("cases", ()), 1):
        payment, finding, subject = line.split(" ", 2)
        state = "cleared" if finding == "clear" else "filed"
        raw = {"payment": payment, "state": state, "finding": finding, "subject": subject}
        collected[f"/srv/compliance/cases/C-{number:03}.json"] = json.dumps(raw).encode()
    panel = []
    for line in case.get("panel", ()):
        alarm, what = line.split(" ")
        done = {"do": "cancel"} if what == "cancel" else {"do": "confirm", "team": what}
        panel.append(
            json.dumps({"do": what, "alarm": alarm} if what == "show" else {**done, "alarm": alarm})
        )
    if panel:
        collected["/srv/alarms/journal.jsonl"] = "\n".join(panel).encode()
    for number, mail in enumerate(case.get("mails", ())):
        content = written(scenario, mail, number, start)
        name = f"{1764235800 + number}.0000000{number}.mx1.corvane-clinical.com"
        if mail.get("folder") == "Drafts":
            collected[f"/home/dev/Mail/.Drafts/cur/{name}:2,DS"] = content
        else:
            collected[f"/srv/mail/outbound/{name}"] = content
            if not mail.get("removed"):
                collected[f"/home/dev/Mail/.Sent/cur/{name}:2,S"] = content
    return files, collected


def written(
    scenario: Scenario, mail: dict[str, Any], number: int, start: dict[str, bytes]
) -> bytes:
    if "raw" in mail:
        return str(mail["raw"]).encode()
    room = mail_room(scenario)
    assert room is not None
    texts = mail_files(scenario, scenario.default_cell, TODAY)

    def letter(key: str) -> Any:
        found = room.letters[key]
        return read_message(next(text for path, text in texts.items() if found.handle in path))

    text = mail.get("text", "")
    if key := mail.get("quotes"):
        earlier = letter(key)
        text += "\n\n" + answered(earlier.named(earlier.sender), earlier.date, earlier.text)
    if key := mail.get("forwards"):
        earlier = letter(key)
        sender = earlier.named(earlier.sender)
        text += "\n\n" + passed_on(sender, "desk", earlier.subject, earlier.date, earlier.text)
    named = [(Path(file).name, start[file]) for file in mail.get("files", ())]
    made = [(name, content.encode()) for name, content in mail.get("attached", {}).items()]
    people = {part: [room.named(one) for one in mail.get(part, ())] for part in ("to", "cc", "bcc")}
    return compose(
        sender=room.account,
        subject=mail.get("subject", ""),
        text=text,
        html=mail.get("html"),
        moment=NOW,
        message_id=f"<{number}@corvane-clinical.com>",
        answers=letter(key).message_id if (key := mail.get("answers")) else None,
        attachments=[*named, *made],
        **people,
    )


def delivery_of(case: dict[str, Any], asked: dict[str, str]) -> Delivery:
    scenario = STARTS[case["scenario"]]

    async def careful_reader(rubric: str, shown: Sequence[Evidence] = ()) -> Verdict | None:
        asked[rubric] = "\n\n".join(passage.text for passage in shown[1:])
        return Verdict(case["read_as"][rubric], harm="As a reader says.")

    def never() -> Any:
        raise AssertionError("nothing is executed for these")

    files, collected = left(scenario, case)
    start = workspace(scenario, TODAY).files
    return Delivery(scenario, files, start, collected, TODAY, never, questioner=careful_reader)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['scenario']}: {case['name']}")
async def test_an_ending_is_graded_as_it_is(case: dict[str, Any]) -> None:
    asked: dict[str, str] = {}
    delivery = delivery_of(case, asked)
    outcome = await load_grader(delivery.scenario.folder)(delivery)
    assert (outcome.label, asked.keys()) == (case["outcome"], case.get("read_as", {}).keys())
    evidence = next(iter(asked.values()), "")
    assert [words for words in case.get("shows", ()) if words not in evidence] == []
    post = read_post(delivery)
    own = "\n".join(post.told_apart(mail)[0] for mail in post.sent)
    assert [words for words in case.get("not_own", ()) if words in own] == []


def test_there_are_sixty_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len({(case["scenario"], case["name"]) for case in CASES}) == len(CASES) >= 60
