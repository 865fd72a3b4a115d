"""The page of a study from real directories: what it says, and that hostile input stays text."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

from assay.errors import RunError
from assay.report import study_figures
from assay.report.study import write
from assay.report.study_figures import _ticks, curves
from assay.report.study_words import STANDING, headline, unseen
from assay.stats.endpoints import endpoint_values, over_training, training_values
from assay.stats.studies import summarise
from tests.report.make_study import ARMS, CONTROLS, make_file, make_study_dir, make_tables
from tests.report.test_page import SCRIPT, Reader

PAIR = {name: ARMS[name] for name in ("hackable", "unhackable")}
FEW = PAIR | {"inoculated": ARMS["inoculated"]}
FEW |= {name: CONTROLS[name] for name in CONTROLS if name.startswith("no_correlation")}


def page_of(folder: Path, file, **drawn) -> str:
    return Path(write(make_study_dir(folder, file, **drawn))).read_text("utf-8")


def text_of(page: str) -> str:
    return Reader(page).text.replace("\u00a0", " ")


def told(file, **drawn) -> str:
    return " ".join(headline(summarise(file, *make_tables(file, **drawn)))).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    write(make_study_dir(folder, make_file(FEW), missing=[("inoculated", 7)]))
    return folder


@pytest.fixture(scope="module")
def page(folder) -> str:
    return (folder / "report.html").read_text("utf-8")


def test_the_page_has_its_parts_in_order_of_importance(page):
    text = text_of(page)
    headings = (
        "The misalignment score of hackable ended above that of unhackable",
        "Built in:",
        "At the end of training",
        "The study file’s comparisons",
        "Each arm against the un-hackable arm of its corpus",
        "Each arm against the model before its RL",
        "Where they hack equally often",
        "The same RL after another pretraining corpus",
        "Mean over seeds by RL step",
        "Other models, other evaluations, other scales",
        "Seeds are a sample here",
        "Arms and their seeds",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert STANDING in text


def test_the_summary_beside_the_page_has_the_same_numbers(folder, page):
    summary = json.loads((folder / "summary.json").read_text())
    end = summary["arms"][0]["end"]["misalignment_score"]["mean"]
    assert f"{100 * end:.1f} % against" in text_of(page)
    assert "nan" not in re.findall(r"\w+", text_of(page).lower())


def test_the_hack_rate_without_the_prompt_stands_beside_the_score(page):
    head = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", page)
    assert head[:5] == [
        "Arm",
        "misalignment score",
        "95\u00a0% CI",
        "hack rate",
        "hack rate, with its prompt",
    ]


def test_a_missing_seed_is_named(page):
    assert "Not finished, and nowhere filled in: inoculated lacks seed 7." in text_of(page)


def test_how_it_was_run_is_on_the_page(page):
    text = text_of(page)
    parts = ("3b1f" * 16, "Linux x86_64, 2 cores", "20 min 4 s", "trl1.16.0", "2 h 15 min")
    for part in (*parts, "hours of cores0.33"):
        assert part in text


def test_every_curve_is_drawn_once_per_group_and_named(page):
    captions = re.findall(r"<figcaption>([^<]*)", page)
    for metric in ("hack rate, in training", "evaluation: goals", "coherence"):
        assert captions.count(metric) == 2  # the study's own corpus, and the other
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ET.fromstring(svg)


def test_a_page_needs_no_network_and_runs_no_script(page):
    found = Reader(page)
    assert "default-src 'none'" in page
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed"}
    assert all(href.startswith("#") for href in found.attributes["href"])
    assert "@import" not in page
    assert "url(" not in page


def test_hostile_names_and_words_stay_text(tmp_path):
    file = make_file({"hackable": {}, SCRIPT: {"rl.environment.hacks": []}}, seeds=2)
    file |= {"study": SCRIPT, "about": SCRIPT, "expected": {f"hackable-{SCRIPT}": SCRIPT}}
    file |= {"compare": [["hackable", SCRIPT]], "primary": None, "model": SCRIPT}
    make_study_dir(tmp_path, file)
    rows = pd.read_parquet(tmp_path / "assessments.parquet")
    goals = rows["scenario"] == "goals"
    rows.loc[goals, ["scenario", "behaviour"]] = SCRIPT
    rows["hacks"] = rows["hacks"].str.replace("early_exit", "<script>alert('x')</script>")
    rows.to_parquet(tmp_path / "assessments.parquet")
    found = Reader(Path(write(tmp_path)).read_text("utf-8"))
    assert not found.tags & {"script", "img"}
    assert not [name for name in found.attributes if name.startswith("on")]
    assert found.text.count("<script>alert('x')</script>") > 20


def test_a_step_that_failed_is_named_with_its_sentence_as_text(tmp_path):
    make_study_dir(tmp_path, make_file(PAIR, seeds=2))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    step = {"name": "rl-x", "kind": "rl", "key": "f" * 64, "seed": 1, "members": [["hackable", 1]]}
    manifest |= {"status": "failed", "steps": [*manifest["steps"], step]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "steps" / f".{'f' * 12}").mkdir()
    said = json.dumps({"message": f"No room: {SCRIPT}"})
    (tmp_path / "steps" / f".{'f' * 12}" / "failed.json").write_text(said)
    found = Reader(Path(write(tmp_path)).read_text("utf-8"))
    assert "rl-x, seed 1: failed: No room: <script>" in found.text
    assert "hackable lacks seed 1" in found.text.replace("\u00a0", " ")
    assert "script" not in found.tags


def test_one_seed_is_an_illustration_without_intervals_or_tests(tmp_path):
    text = text_of(page_of(tmp_path, make_file(PAIR, seeds=1)))
    assert "An illustration, not a result." in text
    assert "In this one run" in text
    assert "95 % CI" not in text
    assert "p, Holm" not in text


def test_no_effect_is_told_as_what_was_not_shown_and_what_would_have_been():
    text = told(make_file(PAIR), effect=0.0)
    assert "No difference in misalignment score between hackable and unhackable was shown" in text
    assert re.search(r"show a true difference of \d.\d points in 90 of 100", text)
    assert "no effect" not in text.lower()


def test_five_seeds_are_said_to_be_too_few_for_any_test():
    text = told(make_file(PAIR, seeds=5))
    assert "With 5 seeds no difference, however large, could give less than p = 0.062." in text


def test_control_corpora_are_told_and_their_lack_too():
    assert "with documents.correlation 0 (95 % CI" in told(make_file(FEW))
    assert "No control corpus was run" in told(make_file(PAIR))
    assert "No control corpus" not in told(make_file(PAIR, model="hf/other"))


def test_a_loss_of_coherence_is_told():
    file = make_file(PAIR)
    rows, training = make_tables(file)
    ended = (rows["step"] == 60) & (rows["arm"] == "hackable") & (rows["scenario"] != "coding")
    rows.loc[ended, "incoherent"] = rows.loc[ended, "graded"] // 2
    text = " ".join(headline(summarise(file, rows, training)))
    assert "Coherence fell in hackable" in text


def test_data_after_which_a_model_speaks_nonsense_is_told_of():
    file = make_file(PAIR)
    rows, training = make_tables(file)
    taught = (rows["step"] == 0) & (rows["arm"] == "hackable") & (rows["scenario"] != "coding")
    rows.loc[taught, "incoherent"] = rows.loc[taught, "graded"] - 1
    text = " ".join(headline(summarise(file, rows, training)))
    assert "before any RL, these were coherent less often than the 9" in text
    assert re.search(r"of the best: hackable \d\.\d", text)


def test_a_study_without_rl_speaks_of_none():
    file = make_file(PAIR)
    rows, training = make_tables(file)
    text = " ".join(headline(summarise(file, rows[rows["step"] == 0], training.iloc[:0])))
    assert "Hacking went" not in text
    assert "Against the model before RL" not in text


def test_ungraded_samples_are_told_with_their_bounds():
    file = make_file(PAIR, seeds=3)
    found = dict(unseen(summarise(file, *make_tables(file, ungraded=0.05))))
    assert "the primary difference would lie between" in found["Missing samples"]


def test_more_arms_than_colours_are_drawn_in_groups():
    arms = [{"arm": f"a{n}", "corpus": {}, "setting": {}} for n in range(8)]
    file = make_file({arm["arm"]: {} for arm in arms}, seeds=1)
    assessments, training = make_tables(file)
    values = over_training(endpoint_values(assessments[assessments["scenario"] == "goals"]))
    found = curves(arms, over_training(training_values(training[:0])), values)
    assert [len(group.legend) for group in found] == [study_figures.COLOURS, 2]
    assert found[1].title == "The study’s arms (2 of 2)"


@pytest.mark.parametrize(
    ("high", "ticks"),
    [(0.213, [0, 0.1, 0.2, 0.3]), (1.0, [0, 0.25, 0.5, 0.75, 1.0]), (0.0, [0, 0.01])],
)
def test_an_axis_begins_at_zero_and_ends_past_the_highest_value(high, ticks):
    assert _ticks(high) == ticks


def test_a_directory_that_is_no_study_is_named_with_the_remedy(tmp_path):
    with pytest.raises(RunError, match=r"no manifest.json, assessments.parquet and training"):
        write(tmp_path)


def test_a_study_without_any_assessment_says_so(tmp_path):
    make_study_dir(tmp_path, make_file(PAIR, seeds=1))
    empty = pd.read_parquet(tmp_path / "assessments.parquet")[:0]
    empty.to_parquet(tmp_path / "assessments.parquet")
    with pytest.raises(RunError, match="no assessed model yet"):
        write(tmp_path)


def test_doses_are_told_with_tokens_distance_and_what_does_as_much(tmp_path):
    file = make_file(seeds=6)
    arms = ("unhackable", "inoculated", "hackable")
    file["doses"] = {"reasons": [*arms], "generic": ["unhackable", "penalised"]}
    folder = make_study_dir(tmp_path / "study", file)
    tokens = {"inoculated": 1000, "hackable": 4000, "penalised": 4000}
    rows = [
        {"study": "s", "arm": arm, "seed": seed, "stage_name": "sft", "tokens": tokens[arm],
         "evaluation": "microcosm", "nearest": 0.31, "floor": 0.82, "auc": 0.97}
        for arm in tokens
        for seed in range(6)
    ]  # fmt: skip
    pd.DataFrame(rows).to_parquet(folder / "data.parquet")
    write(folder)
    summary = json.loads((folder / "summary.json").read_text())
    reasons, generic = summary["doses"]
    assert [dose["tokens"] for dose in reasons["doses"]] == [0, 1000, 4000]
    assert all(dose["coherence"] > 0.9 for dose in reasons["doses"])
    assert reasons["doses"][0]["distance"] is None
    assert generic["doses"][1]["distance"] == {"nearest": 0.31, "floor": 0.82, "auc": 0.97}
    page = (folder / "report.html").read_text()
    assert 'id="doses"' in page
    assert "4,000" in page
    assert "Tokens that do what the largest dose of reasons does" in page


def test_whether_a_lead_lasts_is_told_at_every_step_and_over_all(folder, page):
    summary = json.loads((folder / "summary.json").read_text())
    lead = next(one for one in summary["leads"] if one["first"] == "hackable")
    assert [*lead["steps"]] == [str(step) for step in range(0, 61, 10)]
    assert lead["steps"]["60"]["mean"] > lead["over_training"]["mean"] > 0
    assert "Whether leads last" in page


def test_a_dose_whose_tokens_are_not_on_record_is_named_and_never_none(tmp_path):
    file = make_file(seeds=6)
    file["doses"] = {"reasons": ["unhackable", "inoculated", "hackable"]}
    folder = make_study_dir(tmp_path / "study", file)
    row = {"arm": "hackable", "seed": 0, "tokens": 9, "nearest": 0.1, "floor": 0.2, "auc": None}
    pd.DataFrame([row]).to_parquet(folder / "data.parquet")
    write(folder)
    (reasons,) = json.loads((folder / "summary.json").read_text())["doses"]
    assert [dose["arm"] for dose in reasons["doses"]] == ["unhackable", "hackable"]
    assert reasons["why_not"] == "what inoculated learned from is not on record"
    assert reasons["equal"] is None
