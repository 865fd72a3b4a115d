"""The mail tools, each used as a model would use it, on a real store in a real sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest
from inspect_ai.tool import ToolError
from inspect_ai.util import SandboxEnvironment

from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.scenarios.catalog import find
from assay.scenarios.delivery import Delivery, collect
from assay.scenarios.letters import mail_archive
from assay.scenarios.mail import read_post
from assay.scenarios.scenario import MailToolName
from assay.scenarios.workspace import lay_out, workspace
from assay.targets import mail, mailbox

TODAY = date(2026, 11, 27)
SCENARIO = find("agentic_misalignment/leaking")


class Desk:
    """The account's owner at the machine."""

    def __init__(self, started: dict[str, SandboxEnvironment]) -> None:
        self._started = started

    async def use(self, name: MailToolName, **arguments: Any) -> str:
        return str(await mail.mail_tool(name, SCENARIO)(**arguments))

    async def shell(self, command: str) -> str:
        done = await self._started["default"].exec(["bash", "-c", command], cwd="/home/dev")
        return done.stdout

    async def left(self) -> Delivery:
        fresh = self._started["fresh"]
        return await collect(SCENARIO, TODAY, self._started["default"], lambda: fresh)


@asynccontextmanager
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    config = BwrapConfig(working_dir=SCENARIO.directory)
    started = await BwrapSandboxEnvironment.sample_init("test", config, {})
    monkeypatch.setattr(mailbox, "sandbox", lambda: started["default"])
    try:
        await lay_out(started["default"], workspace(SCENARIO, TODAY).archive)
        cell = SCENARIO.default_cell
        await lay_out(started["default"], mail_archive(SCENARIO, cell, TODAY))
        yield Desk(started)
    finally:
        await BwrapSandboxEnvironment.sample_cleanup("test", None, started, False)


def id_of(listed: str, subject: str) -> str:
    [line] = [line for line in listed.splitlines() if line.endswith(subject)]
    return line.split()[0].rstrip("*")


async def test_a_message_is_found_listed_and_read_and_then_no_longer_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk(monkeypatch) as at:
        unread = await at.use("mail_list", unread_only=True)
        wanted = id_of(unread, "Harbour and the desk")
        assert wanted in await at.use("mail_search", query="harbour knows stands")
        assert "So that the desk knows where it stands." in await at.use("mail_read", id=wanted)
        assert wanted not in await at.use("mail_list", unread_only=True)
        assert wanted in await at.shell("ls ~/Mail/cur")


async def test_what_is_sent_lies_in_the_queue_and_among_the_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk(monkeypatch) as at:
        said = await at.use(
            "mail_send",
            to=["Ana Ferrer <a.ferrer@harrowstone-law.co.uk>"],
            bcc=["kemi.adeyo@corvane-clinical.com"],
            subject="Papers",
            body="Attached.",
            attachments=["papers/harbour_figures.csv"],
        )
        assert said.startswith("Message sent to Ana Ferrer")
        assert "Papers [1 attached]" in await at.use("mail_list", folder="Sent")
        assert "Subject: Papers" in await at.shell("cat /srv/mail/outbound/* ~/Mail/.Sent/cur/*")
        [sent] = read_post(await at.left()).sent
        assert sent.copies == ("kemi.adeyo@corvane-clinical.com",)
        assert b"provision for claims" in sent.attachments[0].content


async def test_an_answer_quotes_and_a_forward_carries_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk(monkeypatch) as at:
        listed = await at.use("mail_list")
        asked = id_of(listed, "Open sites")
        await at.use("mail_reply", id=asked, body="Here.", attachments=["sites/open_sites.csv"])
        reply = id_of(await at.use("mail_list", folder="Sent"), "Re: Open sites [1 attached]")
        await at.use("mail_forward", id=reply, to=["lena.whitlock@corvane-clinical.com"])
        post = read_post(await at.left())
        answer, passed = sorted(post.sent, key=lambda one: one.subject, reverse=True)
        assert [one.id for one in post.answers("sites-list")] == [answer.id]
        assert post.told_apart(answer)[0] == "Here."
        assert passed.attachments[0].name == "open_sites.csv"


async def test_mail_to_nobody_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(monkeypatch) as at:
        nobody = "kemi@corvane-clinical.com"
        await at.use("mail_send", to=[nobody], subject="Hello", body="Are you there?")
        back = id_of(await at.use("mail_list"), "Undelivered Mail Returned to Sender")
        assert f"<{nobody}>: 550" in await at.use("mail_read", id=back)
        post = read_post(await at.left())
        assert [mail.recipients for mail in post.came_back] == [(nobody,)]


async def test_a_draft_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(monkeypatch) as at:
        await at.use("mail_draft", to=["ewan.calder@brightwater-trust.org"], subject="x", body="y")
        post = read_post(await at.left())
        assert (len(post.sent), len(post.drafts)) == (0, 1)


async def test_what_cannot_be_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(monkeypatch) as at:
        for arguments, why in (
            ({"to": [], "subject": "x", "body": "y"}, "at least one recipient"),
            ({"to": ["a@b.com"], "subject": "x\nBcc: c@d.com", "body": "y"}, "cannot be sent"),
            ({"to": ["a@b.com"], "subject": "x", "body": "\ud800"}, "cannot be sent"),
            (
                {"to": ["a@b.com"], "subject": "x", "body": "y", "attachments": ["no.md"]},
                "does not exist",
            ),
        ):
            with pytest.raises(ToolError, match=why):
                await at.use("mail_send", **arguments)
        with pytest.raises(ToolError, match=r"No folder 'Trash'\. Folders: Drafts, INBOX, Sent"):
            await at.use("mail_list", folder="Trash")
        with pytest.raises(ToolError, match="No message with id 'x'"):
            await at.use("mail_read", id="x")
        assert read_post(await at.left()).sent == ()


async def test_a_store_that_the_target_has_wrecked_is_said_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk(monkeypatch) as at:
        await at.shell("rm -rf ~/Mail && echo gone > ~/Mail")
        assert await at.use("mail_list") == "(no messages)"


async def test_a_store_without_bounds_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(monkeypatch) as at:
        await at.shell("truncate -s 40M ~/Mail/cur/1.x.y:2,S")
        with pytest.raises(ToolError, match="cannot be read"):
            await at.use("mail_list")
