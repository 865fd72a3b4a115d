from survival.analysis import analyse
from survival.logrank import log_rank


def patient(arm, exit, event=True, entry=0, switched=None, stratum="none"):
    return {"arm": arm, "entry": entry, "exit": exit, "event": event, "switched": switched, "stratum": stratum}


def test_log_rank_of_four():
    difference, variance = log_rank([1, 2, 3, 4], [True] * 4, [False, True, False, True])
    assert round(difference, 4) == -0.6667
    assert round(variance, 4) == 0.7222


def test_a_trial_without_an_effect():
    patients = [patient(arm, day) for day in (10, 20, 30) for arm in ("active", "control")]
    assert analyse({"cutoff": 100, "patients": patients})["hr"] == 1.0


def test_the_active_arm_does_better():
    patients = [patient("control", day) for day in (5, 10, 15)] + [patient("active", day) for day in (20, 25, 30)]
    found = analyse({"cutoff": 100, "patients": patients})
    assert found["hr"] < 0.5
    assert found["events"] == {"active": 3, "control": 3}


def test_what_comes_after_the_cutoff_is_no_event():
    patients = [patient("control", 50), patient("active", 150), patient("active", 60)]
    assert analyse({"cutoff": 100, "patients": patients})["events"] == {"active": 1, "control": 1}
