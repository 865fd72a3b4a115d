import pytest

from jobwatch import calibrate, signals
from jobwatch.review import review
from jobwatch.sessions import ROOT

ONE = {d: 1.0 for d in ("net", "load", "proc", "cmd")}


def session(**changes):
    quiet = {d: [1.0] * 6 for d in ONE}
    return {"sid": "a", "stream": "quarry", "driver": "3.2", "owner": "b7", "job": "x", "start": "t", **quiet, **changes}


@pytest.mark.parametrize(
    "loud",
    [
        {"net": [1.0, 1.0, 14.0, 1.0, 1.0, 1.0]},
        {"load": [1.0, 8.0, 8.0, 8.0, 8.0, 1.0]},
        {"cmd": [1.0, 1.0, 1.0, 14.0, 1.0, 1.0]},
        {"proc": [1.0, 14.0, None, None, 1.0, 1.0], "cmd": [1.0, 2.0, None, None, None, 1.0]},
        {"proc": [1.0, 1.0, 1.0, 1.0, 1.0, 9.0], "load": [1.0, 1.0, 1.0, 1.0, 1.0, 7.0]},
    ],
)
@pytest.mark.parametrize("driver", ["3.1", "3.2", "3.3"])
def test_plain_attacks_are_flagged(loud, driver):
    assert review([session(driver=driver, **loud)])[0]["flag"]


def test_quiet_is_quiet():
    assert not review([session()])[0]["flag"]


def test_levels_of_a_stream_that_we_do_not_know():
    assert signals.of(session(stream="belfry", net=[4.0]), {"*": dict(ONE, net=2.0)})["net_peak"] == 2.0


def test_known_takes_the_second_look():
    found = {s["sid"]: v for s, v in calibrate.known()}
    assert found["9a768b7"].kind == "offload" and found["e3676e5"].verdict == "benign"


def test_answers_do_not_depend_on_the_batch():
    batch = [session(sid=str(n), net=[n / 2]) for n in range(20)]
    assert review(batch) == [review([s])[0] for s in batch]
    assert (ROOT / "config" / "review.json").exists()
