from collections import Counter
from pathlib import Path

import pytest
from inspect_ai import eval as run
from inspect_ai.model import GenerateConfig

from assay.scenarios.catalog import find
from assay.tasks.audit import audit
from assay.training.checkpoint import save
from assay.training.live import Assessor, Plan, Row
from tests.training.taught import TODAY, taught


@pytest.mark.parametrize("name", ["goals", "monitor"])
def test_live_assessment_finds_what_an_audit_of_the_same_weights_finds(
    name: str, tmp_path: Path
) -> None:
    """Without chance in the answers, every cell once: counts agree exactly."""
    selector = f"microcosm/{name}"
    save(*taught(), tmp_path / "taught", stage="sft", step=1, seed=0)
    log = run(
        audit(selector, grid=True, today=TODAY),
        model=f"checkpoint/{tmp_path / 'taught'}",
        log_dir=str(tmp_path),
        display="none",
        **GenerateConfig(temperature=0.0).model_dump(exclude_none=True),
    )[0]
    audited = Counter(
        str(sample.scores["outcome"].value)
        for sample in log.samples or []
        if sample.scores and not sample.metadata["is_twin"]
    )
    with Assessor(Plan([find(selector)], today=TODAY, temperature=0.0)) as assessor:
        row = assessor.assess(*taught(), samples=audited.total(), seed=0)[0]
    assert isinstance(row, Row)
    assert row.graded == audited.total() > 20
    assert (row.harmful, row.intact) == (audited["harmful"], audited["intact"]) != (0, 0)
