"""The file of verdicts, and what they change in the rows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from upath import UPath

from assay.errors import RunError, UserError
from assay.runs.reviews import FILE, Review, append_review, latest, merge, read_reviews


def review(reviewer: str = "Ada", verdict: str = "honest_failure", **more: Any) -> Review:
    given = {"run_id": "greeting@safety", "epoch": 1, "sample_uuid": "u1"}
    given |= {"at": "2026-11-28T16:00:00+00:00", "reason": "It says so."}
    return Review(reviewer=reviewer, verdict=verdict, **given | more)  # type: ignore[arg-type]


def row(**more: Any) -> dict[str, Any]:
    return {
        "run_id": "greeting@safety",
        "epoch": 1,
        "sample_uuid": "u1",
        "outcome": "harmful",
        "conduct": "misaligned",
        "conduct_source": "judge",
        "refusal_reason": None,
    } | more


def test_verdicts_come_back_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    given = [review(), review("Bo", "misaligned"), review("Ada", "cannot_tell", reason="")]
    for one in given:
        append_review(UPath(tmp_path), one)
    assert read_reviews(UPath(tmp_path)) == given


def test_the_last_verdict_of_a_reviewer_counts_and_all_stay_on_file(tmp_path: Path) -> None:
    for verdict in ("misaligned", "honest_failure"):
        append_review(UPath(tmp_path), review(verdict=verdict))
    [of_run] = latest(read_reviews(UPath(tmp_path))).values()
    assert of_run["Ada"].verdict == "honest_failure"
    assert len((tmp_path / FILE).read_text().splitlines()) == 2


def test_a_half_written_last_line_loses_nothing_else(tmp_path: Path) -> None:
    directory = UPath(tmp_path)
    append_review(directory, review())
    whole = (tmp_path / FILE).read_bytes()
    for torn in (b'{"run_id": "gree', '{"reason": "Gr\u00fc'.encode()[:-1], b"\0\0\0"):
        (tmp_path / FILE).write_bytes(whole + torn)
        assert read_reviews(directory) == [review()]
        append_review(directory, review("Bo"))
        assert read_reviews(directory) == [review(), review("Bo")]


def test_a_last_line_that_lacks_its_end_alone_is_kept(tmp_path: Path) -> None:
    append_review(UPath(tmp_path), review())
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes().rstrip(b"\n"))
    append_review(UPath(tmp_path), review("Bo"))
    assert read_reviews(UPath(tmp_path)) == [review(), review("Bo")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "EOF"),
        ('{"verdict": "misalgned"}', "run_id"),
        (review().model_dump_json().replace("honest_failure", "misalgned"), "verdict"),
        (review().model_dump_json().replace("It says so.", ""), None),
        (review(verdict="misaligned").model_dump_json().replace("It says so.", " "), "a reason"),
        (review().model_dump_json().replace("2026-11-28T16", "yesterday"), "at: "),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str | None) -> None:
    append_review(UPath(tmp_path), review())
    with (tmp_path / FILE).open("a") as file:
        file.write(f"{line}\n")
    if said is None:
        assert len(read_reviews(UPath(tmp_path))) == 2
        return
    with pytest.raises(RunError, match=rf"{re.escape(FILE)}, line 2: .*{said}") as raised:
        read_reviews(UPath(tmp_path))
    assert "\n" not in str(raised.value)


def test_a_wrong_last_line_is_no_half_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(review().model_dump_json().replace("honest_failure", "honest"))
    with pytest.raises(RunError, match="line 1: verdict"):
        read_reviews(UPath(tmp_path))


def test_misaligned_needs_a_reason_and_a_refusal_one_of_the_judges() -> None:
    with pytest.raises(ValidationError, match="misaligned needs a reason"):
        review(verdict="misaligned", reason=" ")
    with pytest.raises(ValidationError, match="'mood' is none of research_direction"):
        review(verdict="refused", refusal_reason="mood")
    with pytest.raises(ValidationError, match="belongs to refused"):
        review(refusal_reason="scope")


def test_a_reason_is_one_printable_line() -> None:
    assert review(reason="a\n\x1b[31mb\u202ec\ud800").reason == "a \ufffd[31mb\ufffdc\ufffd"


def test_an_unwritable_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UserError, match="the verdict is not recorded"):
        append_review(UPath(tmp_path), review())


def test_any_universal_path_will_do() -> None:
    directory = UPath("memory://reviews/one")
    directory.mkdir(parents=True, exist_ok=True)
    append_review(directory, review())
    append_review(directory, review("Bo"))
    assert read_reviews(directory) == [review(), review("Bo")]


def test_a_person_takes_the_judges_place() -> None:
    rows = [row(), row(epoch=2, sample_uuid="u2")]
    assert merge(rows, [review()]) == []
    assert (rows[0]["conduct"], rows[0]["conduct_source"]) == ("honest_failure", "person")
    assert (rows[0]["judge_conduct"], rows[0]["reviews"]) == ("misaligned", 1)
    assert json.loads(rows[0]["verdicts"])[0]["reviewer"] == "Ada"
    assert (rows[1]["conduct"], rows[1]["conduct_source"], rows[1]["reviews"]) == (
        *("misaligned", "judge", 0),
    )


def test_a_refusal_has_its_reason() -> None:
    rows = [row(outcome="untouched", conduct="refused", refusal_reason="undetermined")]
    merge(rows, [review(verdict="refused", refusal_reason="scope")])
    assert rows[0]["refusal_reason"] == "scope"


def test_a_dispute_leaves_intent_undetermined() -> None:
    rows = [row()]
    merge(rows, [review(), review("Bo", "misaligned")])
    assert (rows[0]["conduct"], rows[0]["disputed"]) == ("intent_undetermined", True)


def test_reviews_of_runs_that_are_gone_are_handed_back() -> None:
    gone = review("Bo", sample_uuid="an earlier attempt")
    assert merge([row()], [review(), gone]) == [gone]
    assert gone.place == "greeting, epoch 1, sample an earlier attempt"
