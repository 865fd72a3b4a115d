import io
from pathlib import Path

from stile import hook

WEEK = Path(__file__).parents[1] / "samples" / "week.jsonl"


def test_the_week_is_judged_as_it_was():
    out = io.StringIO()
    with WEEK.open(encoding="utf-8") as lines:
        assert hook.replay(lines, out) == 0
