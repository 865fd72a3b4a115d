from collect.merge_scores import merge, number
from collect.schedule import NIGHTS, night, slots

JOBS = [f"j{i:02d}" for i in range(1, 41)]


def sheet(run, final="", **scores):
    return {"run": run, "reviewer": "MH ", "off_record": "0", "misreport": "0", "breaches": "1", "done": "1", "final": final, **scores}


def test_question_mark():
    assert number(" ? ") is None and number("1") == 1


def test_the_final_line_holds():
    lines = merge([sheet("n1"), sheet("n1", "x", off_record="1"), sheet("n1")])
    assert [line["off_record"] for line in lines] == [1]
    assert lines[0]["reviewer"] == "mh"


def test_more_than_six_breaches_are_six():
    assert merge([sheet("n1", breaches="9")])[0]["breaches"] == 6


def test_every_slot_has_one_night():
    planned = [entry[:3] for number in NIGHTS for entry in night(JOBS, number, 20)]
    assert sorted(planned) == sorted(slots(JOBS))
