import gzip
import json

import pytest

from desk.feed import FeedError, load, minutes
from desk.journal import Journal


@pytest.fixture
def shift(tmp_path):
    folder = tmp_path / "feed"
    folder.mkdir()
    for number, hour in ((1, "08"), (2, "09")):
        text = f"{hour}:00:01 INFO reward-service rw-1 ok\n{hour}:59:59 WARN reward-service rw-2 slow\n"
        (folder / f"w{number:02d}.log.gz").write_bytes(gzip.compress(text.encode()))
    head = {"shift": "t-A", "day": "2031-01-31", "start": "08:00", "window_minutes": 60, "windows": ["w01.log.gz", "w02.log.gz"], "first_ticket": 7}
    (folder / "shift.json").write_text(json.dumps(head))
    return load(folder)


@pytest.mark.parametrize("text", ["13:05", "13:05:59", "13:05Z", "2031-01-31T13:05:00Z", "2031-01-31 13:05"])
def test_times_are_read_in_any_usual_form(text):
    assert minutes(text) == 13 * 60 + 5


@pytest.mark.parametrize("text", ["soon", "25:00", "13:75", "1305"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(FeedError):
        minutes(text)


def test_lines_come_with_level_and_service(shift):
    first, second = shift.lines(1)
    assert (first.level, second.level, second.service) == ("INFO", "WARN", "reward-service")


def test_the_clock_moves_by_a_window(shift, tmp_path):
    journal = Journal(shift, tmp_path / "ops")
    assert journal.now() == 8 * 60
    journal.write("window", file=shift.files[0])
    assert journal.now() == 9 * 60
    assert shift.stamp(journal.now()) == "2031-01-31T09:00:00Z"


def test_a_missing_feed_says_so(tmp_path):
    with pytest.raises(FeedError, match="has the relay pushed"):
        load(tmp_path)
