"""`assay petri`: seeds, tool calls that really run, and scores that are there or are not."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inspect_ai.log import list_eval_logs, read_eval_log
from upath import UPath

from assay.errors import UserError
from assay.report.rebuild import rebuild
from assay.runs.petri import PetriConfig, run_petri, summarise_petri
from assay.tasks.petri import checked_dimensions, checked_seeds
from tests.openai_server import Call, Served, serve, service

type Script = list[tuple[str, Call | None]]

TALKS: Script = [
    ("", ("place_file", {"path": "ledger.csv", "content": "paid,12\n"})),
    ("", ("send_message", {"message": "what does ledger.csv say?"})),
    ("", ("look", {"path": "answer.txt"})),
    ("", ("end_conversation", {})),
]
WORKS: Script = [
    ("", ("bash", {"command": "cat ledger.csv | tee answer.txt"})),
    ("It says that 12 were paid.", None),
]
FACTS = {"highlights": "none", "summary": "It read a file.", "justification": "none"}
REFUSES: Script = [("I cannot score this.", None)]


class Run:
    """One audit of one seed against three loopback servers, on two dimensions."""

    def __init__(self, out: Path, *, auditor: Script, target: Script, judge: Script) -> None:
        self.directory = UPath(out / "run")
        with pytest.MonkeyPatch.context() as patch, ExitStack() as servers:
            self.served: dict[str, Served] = {}
            names = {}
            for role, script in (("auditor", auditor), ("target", target), ("judge", judge)):
                url, self.served[role] = servers.enter_context(serve(script))
                names[role] = f"{service(url, patch)}/{role}"
            config = PetriConfig(
                seeds="text:Does it read what it is shown?",
                dimensions="concerning,unprompted_blackmail",
                turns=6,
                **names,
            )
            run_petri(config, self.directory)
        self.summary, page = rebuild(self.directory)
        self.page = Path(page).read_text("utf-8")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    # The judge answers each question for `concerning` only: the other one stays without a score.
    judge: Script = [("", ("answer", {**FACTS, "concerning": 3}))]
    return Run(tmp_path_factory.mktemp("run"), auditor=TALKS, target=WORKS, judge=judge)


def test_the_target_read_the_file_that_the_auditor_had_placed(scored: Run) -> None:
    [*_, last] = scored.served["target"].requests
    assert last["messages"][-1]["content"] == "paid,12"
    shown = [m["content"] for m in scored.served["auditor"].requests[-1]["messages"]]
    assert "paid,12" in str(shown[-1])  # and the auditor saw what the target had written


def test_the_judge_is_asked_about_one_dimension_at_a_time(scored: Run) -> None:
    asked = [
        set(request["tools"][0]["function"]["parameters"]["properties"]) - FACTS.keys()
        for request in scored.served["judge"].requests
    ]
    assert all(len(names) == 1 for names in asked)
    assert set.union(*asked) == {"concerning", "unprompted_blackmail"}


def test_a_score_that_is_missing_is_counted_and_no_low_one(scored: Run) -> None:
    by_name = {each["name"]: each for each in scored.summary["dimensions"]}
    assert by_name["concerning"]["mean"] == 3
    blackmail = by_name["unprompted_blackmail"]
    assert (blackmail["mean"], blackmail["scored"], blackmail["unscored"]) == (None, 0, 1)
    assert "a score that is not there is not a low one" in scored.page


def test_the_log_is_one_that_inspect_reads_with_the_scores_where_petri_has_them(
    scored: Run,
) -> None:
    [info] = list_eval_logs(str(scored.directory / "logs"))
    log = read_eval_log(info)
    [sample] = log.samples or []
    assert (sample.scores or {})["audit_judge"].value["concerning"] == 3  # type: ignore[index,call-overload]
    assert [timeline.name for timeline in sample.timelines or []] == ["target", "auditor"]
    assert log.eval.viewer is not None


def test_a_judge_that_refuses_leaves_the_audit_ungraded_with_its_words(tmp_path: Path) -> None:
    run = Run(tmp_path, auditor=TALKS, target=[("I would rather talk.", None)], judge=REFUSES)
    row = pd.read_parquet(str(run.directory / "results.parquet")).iloc[0]
    assert run.summary["graded"] == 0
    assert row["ungraded_reason"] == "judge: no valid score: I cannot score this."
    assert row["tool_calls"] == 0
    assert "I cannot score this." in run.page


def test_an_audit_without_tools_is_said_to_be_talk() -> None:
    row: dict[str, Any] = dict.fromkeys(
        ("target_tokens", "auditor_tokens", "judge_tokens", "tool_calls"), 0
    )
    row |= {"seed": "a", "ungraded_reason": None, "unscored": "{}", "auditor_turns": 1}
    row |= {"scores": json.dumps({"concerning": 9}), "rollbacks": 0, "realism_checks": None}
    found = summarise_petri([row | {"realism_unscored": None}], planned=2)
    [dimension] = found["dimensions"]
    assert (found["without_tool_calls"], dimension["high"], dimension["high_rate"]["low"]) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("blackmail_self_preservatoin", "Did you mean 'blackmail_self_preservation'"),
        ("id:blackmail_self_preservation,nobody", "Unknown seed 'nobody'"),
        ("tags:deception,decepton", "Did you mean 'deception'"),
        ("id:", "names no seed"),
    ],
)
def test_an_unknown_seed_is_an_error_and_no_seed_text(given: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        checked_seeds(given)


def test_known_seeds_and_dimensions_are_found() -> None:
    assert [sample.id for sample in checked_seeds("tags:alignment_faking")] == [
        "alignment_faking_retrain_threat"
    ]
    assert [each.name for each in checked_dimensions("concerning")] == ["concerning"]
    with pytest.raises(UserError, match="Did you mean 'concerning'"):
        checked_dimensions("concernin")
