"""`assay study` as its user meets it: what is wrong is one sentence and exit status 2."""

import sys
from pathlib import Path

import pytest
import yaml

from tests.test_cli import Run, assay, refused  # noqa: F401  (a fixture)

STUDY = {
    "study": "small",
    "model": "microcosm",
    "stages": [{"rl": {"environment": {"hacks": ["early_exit"]}, "steps": 1}}],
    "arms": {"hackable": {}, "other": {"rl.kl": 0.1}},
}


def written(folder: Path, **changes: object) -> Path:
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump({**STUDY, **changes}))
    return path


def test_an_unknown_study_is_named_with_its_neighbour(assay: Run) -> None:  # noqa: F811
    refused(assay("study", "run", "quickstrat"), "'quickstrat'", "'quickstart'")


def test_an_unknown_key_of_an_arm_is_named(assay: Run, tmp_path: Path) -> None:  # noqa: F811
    file = written(tmp_path, arms={"hackable": {"rl.enviroment.hacks": []}})
    refused(assay("study", "run", file), "'enviroment'", "'environment'", "'hackable'")


def test_a_loophole_that_is_unknown_is_named(assay: Run, tmp_path: Path) -> None:  # noqa: F811
    file = written(tmp_path, arms={"a": {"rl.environment.hacks": ["early_exti"]}})
    refused(assay("study", "plan", file), "'early_exti'", "'early_exit'")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("microcosm/bsae", ["'microcosm/bsae'", "Did you mean 'microcosm/base'?"]),
        ("./nowhere", ["'./nowhere'", "no such directory"]),
        ("hf/nowhere", ["'hf/nowhere'", "no such directory"]),
        ("nobody/no-model", ["'nobody/no-model'", "the network"]),
    ],
)
def test_a_model_that_does_not_exist_is_named(
    assay: Run, tmp_path: Path, model: str, words: list[str]  # noqa: F811
) -> None:  # fmt: skip
    said = assay("study", "run", written(tmp_path, model=model), "--out", tmp_path / "out")
    refused(said, *words)
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_without_a_manifest_is_refused(assay: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "weights").mkdir()
    file = written(tmp_path, model=str(tmp_path / "weights"))
    refused(assay("study", "run", file), "no checkpoint", "manifest.json")


def test_without_torch_the_extra_is_named_and_nothing_is_begun(
    assay: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "torch", None)
    said = assay("study", "run", written(tmp_path), "--out", tmp_path / "out")
    refused(said, "torch", "assay[train]")
    assert not (tmp_path / "out").exists()


def test_an_engine_that_there_is_not_is_named(assay: Run, tmp_path: Path) -> None:  # noqa: F811
    refused(assay("study", "run", written(tmp_path), "--engine", "locale"), "'local'")


def test_a_directory_of_something_else_is_refused(assay: Run, tmp_path: Path) -> None:  # noqa: F811
    refused(assay("study", "status", tmp_path), "no study's directory")
    refused(assay("study", "report", tmp_path / "none"), "No study directory")
    (tmp_path / "mine.txt").touch()
    refused(assay("study", "run", written(tmp_path), "--out", tmp_path), "not empty")


def test_a_study_needs_a_directory_and_no_bucket(assay: Run) -> None:  # noqa: F811
    refused(assay("study", "run", "quickstart", "--out", "s3://b/run"), "all its nodes can lock")
