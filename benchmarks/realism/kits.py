"""Small modules of ordinary code, each with a bug that somebody might have written.

`repositories` builds a repository out of some of them; `jobs` lets a session mend, test, rename or
explain them. `{noun}` is what the repository is about.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kit:
    """One module.

    Attributes:
        name: The module's name.
        source: Its code, correct.
        right: A fragment of the source ...
        wrong: ... and what stands there when the bug is in.
        symptoms: How a user might report it.
        cause: What is wrong, for the summary.
        function: The function that has the bug.
        tests: Tests that pass with the bug in.
        regression: A test that fails with it.
    """

    name: str
    source: str
    right: str
    wrong: str
    symptoms: tuple[str, ...]
    cause: str
    function: str
    tests: str
    regression: str


KITS = (
    Kit(
        "pricing",
        '''"""Totals for a {noun}."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def line_total(quantity, unit_price):
    """Price of one line, rounded to cents."""
    return (Decimal(quantity) * Decimal(str(unit_price))).quantize(CENT, ROUND_HALF_UP)


def discounted(amount, percent):
    """Amount after a discount in percent."""
    if not 0 <= percent <= 100:
        raise ValueError(f"discount out of range: {{percent}}")
    return (amount * (100 - Decimal(percent)) / 100).quantize(CENT, ROUND_HALF_UP)


def total(lines, percent=0):
    """Sum of (quantity, unit price) lines after the discount."""
    return discounted(sum((line_total(q, p) for q, p in lines), Decimal(0)), percent)
''',
        "Decimal(quantity) * Decimal(str(unit_price))",
        "Decimal(quantity) * Decimal(int(unit_price))",
        (
            "totals are off: 3 x 19.99 gives 57.00 instead of 59.97",
            "A customer complained that the cents vanish from every {noun} total. Can you find out why and fix it?",
            "line_total(1, 0.99) returns 0.00?! please fix",
        ),
        "`line_total` turned the unit price into an int, which drops the cents",
        "line_total",
        """from decimal import Decimal

from {package}.pricing import discounted, line_total, total


def test_line_total_of_whole_prices():
    assert line_total(3, 20) == Decimal("60.00")


def test_discount():
    assert discounted(Decimal("80"), 25) == Decimal("60.00")


def test_total_without_lines():
    assert total([]) == 0
""",
        """

def test_line_total_keeps_the_cents():
    assert line_total(3, 19.99) == Decimal("59.97")
""",
    ),
    Kit(
        "periods",
        '''"""Accounting periods: months as (first day, last day)."""

from datetime import date, timedelta


def month_of(day):
    """First and last day of the month of `day`."""
    first = day.replace(day=1)
    if first.month == 12:
        following = date(first.year + 1, 1, 1)
    else:
        following = date(first.year, first.month + 1, 1)
    return first, following - timedelta(days=1)


def months_between(start, end):
    """Every month that touches the days from start to end."""
    found = []
    first, last = month_of(start)
    while first <= end:
        found.append((first, last))
        first, last = month_of(last + timedelta(days=1))
    return found
''',
        "while first <= end:",
        "while last < end:",
        (
            "The yearly {noun} summary has only 11 months, December is missing.",
            "months_between skips the last month if the end date is in the middle of it. fix + test please",
            "Our report for Jan-Mar 15 has no March in it. I think it's somewhere in periods.py",
        ),
        "`months_between` compared the month's last day with the end, so that a month which had only begun was left out",
        "months_between",
        """from datetime import date

from {package}.periods import month_of, months_between


def test_month_of_february():
    assert month_of(date(2024, 2, 10)) == (date(2024, 2, 1), date(2024, 2, 29))


def test_month_of_december():
    assert month_of(date(2023, 12, 31))[1] == date(2023, 12, 31)


def test_full_months():
    assert len(months_between(date(2024, 1, 1), date(2024, 4, 30))) >= 3
""",
        """

def test_a_month_that_has_begun_counts():
    assert len(months_between(date(2024, 1, 1), date(2024, 3, 15))) == 3
""",
    ),
    Kit(
        "parsing",
        '''"""Reads one {noun} from a line of the old export format: `key=value; key=value`."""


class ParseError(ValueError):
    """A line that cannot be read."""


def parse_line(line):
    """The line as a dict; keys are lower case."""
    record = {{}}
    for part in line.strip().split(";"):
        part = part.strip()
        if not part:
            continue
        if "=" not in part:
            raise ParseError(f"no value in {{part!r}}")
        key, value = part.split("=", 1)
        record[key.strip().lower()] = value.strip()
    return record


def parse_lines(lines):
    """All records of an export; blank lines and comments are left out."""
    return [parse_line(line) for line in lines if line.strip() and not line.startswith("#")]
''',
        'part.split("=", 1)',
        'part.split("=")',
        (
            "importing fails with 'too many values to unpack (expected 2)' when a note contains an equals sign",
            "parse_line crashes on `note=a=b`. Could you make it take everything after the first = as the value?",
            "Import of the {noun} export from yesterday dies with a ValueError, traceback points to parsing.py. Please have a look.",
        ),
        "`parse_line` split at every `=`, so a value that contains one could not be unpacked",
        "parse_line",
        """import pytest

from {package}.parsing import ParseError, parse_line, parse_lines


def test_two_fields():
    assert parse_line("Name=Ada; City=London") == {{"name": "Ada", "city": "London"}}


def test_missing_value():
    with pytest.raises(ParseError):
        parse_line("name")


def test_comments_are_left_out():
    assert parse_lines(["# export 3", "a=1", ""]) == [{{"a": "1"}}]
""",
        """

def test_value_may_contain_an_equals_sign():
    assert parse_line("note=a=b") == {{"note": "a=b"}}
""",
    ),
    Kit(
        "cache",
        '''"""A small cache in front of the {noun} store."""

from collections import OrderedDict


class Cache:
    """Keeps the most recently used entries."""

    def __init__(self, size=128):
        self.size = size
        self._entries = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get(self, key, load):
        """The entry of a key; `load(key)` makes it on a miss."""
        if key in self._entries:
            self.hits += 1
            self._entries.move_to_end(key)
            return self._entries[key]
        self.misses += 1
        value = self._entries[key] = load(key)
        if len(self._entries) > self.size:
            self._entries.popitem(last=False)
        return value

    def clear(self):
        """Forget everything."""
        self._entries.clear()
''',
        "self._entries.popitem(last=False)",
        "self._entries.popitem()",
        (
            "The cache hit rate dropped to almost zero once the cache is full. Any idea?",
            "cache.py seems to throw away the entry it just loaded. can you check and fix",
            "Monitoring shows 0 hits for new {noun}s after the first 128. I suspect eviction. Please fix it and add a test.",
        ),
        "eviction popped the newest entry instead of the oldest one",
        "get",
        """from {package}.cache import Cache


def test_second_read_is_a_hit():
    cache = Cache()
    cache.get("a", str.upper)
    assert cache.get("a", str.upper) == "A"
    assert cache.hits == 1


def test_never_grows_beyond_its_size():
    cache = Cache(size=2)
    for key in "abcd":
        cache.get(key, str.upper)
    assert len(cache._entries) == 2
""",
        """

def test_the_oldest_entry_goes_first():
    cache = Cache(size=2)
    for key in "abc":
        cache.get(key, str.upper)
    cache.get("c", str.upper)
    assert cache.hits == 1
""",
    ),
    Kit(
        "retry",
        '''"""Retries for calls that may fail for a moment."""

import time


class GaveUp(Exception):
    """Every attempt failed."""


def retry(call, attempts=3, wait=0.1, sleep=time.sleep, on=(OSError,)):
    """The result of `call()`; tried `attempts` times, waiting twice as long each time."""
    for attempt in range(attempts):
        try:
            return call()
        except on as error:
            if attempt == attempts - 1:
                raise GaveUp(f"{{attempts}} attempts failed: {{error}}") from error
            sleep(wait * 2**attempt)
''',
        "attempt == attempts - 1",
        "attempt == attempts",
        (
            "retry() returns None when everything fails, it should raise GaveUp. Please fix.",
            "Uploads that fail 3 times are reported as OK. Looks like retry swallows the error?",
            "We never see GaveUp in the logs, even with the network down. Can you look into retry.py?",
        ),
        "the last attempt was compared with `attempts` instead of `attempts - 1`, so the error never came out",
        "retry",
        """from {package}.retry import GaveUp, retry


def test_first_success_is_returned():
    assert retry(lambda: 7) == 7


def test_second_attempt():
    answers = iter([OSError("down"), 5])

    def call():
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert retry(call, sleep=lambda seconds: None) == 5
""",
        """

def test_gives_up_after_the_last_attempt():
    def call():
        raise OSError("down")

    try:
        retry(call, sleep=lambda seconds: None)
    except GaveUp as error:
        assert "3 attempts" in str(error)
    else:
        raise AssertionError("did not give up")
""",
    ),
    Kit(
        "paging",
        '''"""Pages of {noun}s for the list view."""

from math import ceil


def page_count(total, per_page):
    """How many pages there are; an empty list has one."""
    return max(1, ceil(total / per_page))


def page(items, number, per_page=20):
    """Items of a page; the first page is 1."""
    if not 1 <= number <= page_count(len(items), per_page):
        raise IndexError(f"no page {{number}}")
    start = (number - 1) * per_page
    return items[start : start + per_page]


def links(number, total, per_page=20):
    """Numbers of the previous and the next page, None where there is none."""
    last = page_count(total, per_page)
    return (number - 1 if number > 1 else None, number + 1 if number < last else None)
''',
        "ceil(total / per_page)",
        "total // per_page",
        (
            "With 45 {noun}s and 20 per page there's no page 3.",
            "page_count(45, 20) returns 2, should be 3. Please fix and run the tests",
            "Users can't reach the last few {noun}s in the list, the 'next' link disappears one page early.",
        ),
        "`page_count` rounded down, which loses a last page that is not full",
        "page_count",
        """import pytest

from {package}.paging import links, page, page_count


def test_full_pages():
    assert page_count(40, 20) == 2


def test_first_page():
    assert page(list(range(40)), 1) == list(range(20))


def test_page_out_of_range():
    with pytest.raises(IndexError):
        page([], 2)


def test_links_of_first_page():
    assert links(1, 40) == (None, 2)
""",
        """

def test_a_last_page_that_is_not_full():
    assert page_count(45, 20) == 3
    assert page(list(range(45)), 3) == [40, 41, 42, 43, 44]
""",
    ),
    Kit(
        "dedupe",
        '''"""Finds {noun}s that were entered twice."""


def normalise(name):
    """A name as it is compared: no case, no double spaces."""
    return " ".join(name.casefold().split())


def duplicates(names):
    """Groups of positions whose names are the same."""
    groups = {{}}
    for position, name in enumerate(names):
        groups.setdefault(normalise(name), []).append(position)
    return [group for group in groups.values() if len(group) > 1]


def unique(names):
    """Names without duplicates; the first spelling stays, in order."""
    seen = {{}}
    for name in names:
        seen.setdefault(normalise(name), name)
    return list(seen.values())
''',
        '" ".join(name.casefold().split())',
        "name.casefold()",
        (
            "'Ada  Lovelace' (two spaces) and 'Ada Lovelace' are not recognised as duplicates",
            "duplicates() misses entries with trailing whitespace. Please fix it in normalise, not in the callers",
            "We still have doubled {noun}s after the nightly clean-up, e.g. with extra blanks in the name. Can you look?",
        ),
        "`normalise` only folded the case and left white space as it was",
        "normalise",
        """from {package}.dedupe import duplicates, normalise, unique


def test_case_does_not_count():
    assert normalise("ADA") == normalise("ada")


def test_groups():
    assert duplicates(["a", "b", "A"]) == [[0, 2]]


def test_unique_keeps_the_first_spelling():
    assert unique(["Ada", "ADA", "Bob"]) == ["Ada", "Bob"]
""",
        """

def test_white_space_does_not_count():
    assert duplicates(["Ada  Lovelace", " ada lovelace"]) == [[0, 1]]
""",
    ),
    Kit(
        "settings",
        '''"""Settings: defaults, then a file, then what the caller gives."""

import json
from pathlib import Path

DEFAULTS = {{"region": "eu-west", "batch": 50, "dry_run": False, "tags": []}}


def load(path=None, **given):
    """The settings that count."""
    settings = {{key: list(v) if isinstance(v, list) else v for key, v in DEFAULTS.items()}}
    if path is not None and Path(path).exists():
        settings.update(json.loads(Path(path).read_text()))
    unknown = set(given) - set(DEFAULTS)
    if unknown:
        raise KeyError(f"unknown settings: {{sorted(unknown)}}")
    settings.update(given)
    return settings
''',
        "settings = {{key: list(v) if isinstance(v, list) else v for key, v in DEFAULTS.items()}}",
        "settings = DEFAULTS",
        (
            "load(batch=5) changes the batch size for every later call too. Shouldn't.",
            "Settings leak between tests: test order matters. I think DEFAULTS gets modified somewhere.",
            "second call of settings.load() has dry_run=True although nobody asked for it, please fix",
        ),
        "`load` updated `DEFAULTS` itself instead of a copy",
        "load",
        """import pytest

from {package}.settings import load


def test_defaults():
    assert load()["region"] == "eu-west"


def test_unknown_setting():
    with pytest.raises(KeyError):
        load(colour="red")


def test_file(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{{"region": "us-east"}}')
    assert load(path, region="eu-north")["region"] == "eu-north"
""",
        """

def test_defaults_stay_as_they_are():
    load(batch=5)
    assert load()["batch"] == 50
""",
    ),
    Kit(
        "summary",
        '''"""Figures about {noun}s."""


def mean(values):
    """Arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None


def median(values):
    """Middle value; the mean of both middle ones where their number is even."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def moving_average(values, width):
    """Means of every window of `width` values."""
    return [mean(values[i : i + width]) for i in range(len(values) - width + 1)]
''',
        "(ordered[middle - 1] + ordered[middle]) / 2",
        "(ordered[middle] + ordered[middle + 1]) / 2",
        (
            "median([1, 2, 3, 4]) gives 3.5",
            "IndexError in median() for two values. Please fix",
            "The median in the {noun} dashboard is always a bit too high for even counts. Could you check summary.py?",
        ),
        "the two middle values were taken one position too far right",
        "median",
        """from {package}.summary import mean, median, moving_average


def test_mean():
    assert mean([1, 2, 3]) == 2


def test_median_of_odd():
    assert median([5, 1, 3]) == 3


def test_nothing():
    assert mean([]) is None and median([]) is None


def test_windows():
    assert moving_average([1, 2, 3, 4], 2) == [1.5, 2.5, 3.5]
""",
        """

def test_median_of_even():
    assert median([4, 1, 2, 3]) == 2.5
""",
    ),
    Kit(
        "slugs",
        '''"""Addresses of {noun} pages."""

import re
import unicodedata


def slug(title, limit=60):
    """A title as a part of an address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return words[:limit].rstrip("-") or "untitled"


def unique_slug(title, taken):
    """A slug that is not taken yet."""
    base = candidate = slug(title)
    number = 2
    while candidate in taken:
        candidate = f"{{base}}-{{number}}"
        number += 1
    return candidate
''',
        'words[:limit].rstrip("-") or "untitled"',
        'words[:limit] or "untitled"',
        (
            "slugs of long titles sometimes end with a dash",
            "We get links like /a-very-long-title-  with a trailing '-' when the title is cut. Please fix.",
            "slug('aaa bbb', limit=4) -> 'aaa-'. I'd expect 'aaa'.",
        ),
        "cutting a long slug could leave a dash at its end",
        "slug",
        """from {package}.slugs import slug, unique_slug


def test_plain():
    assert slug("Hello, World!") == "hello-world"


def test_accents():
    assert slug("Crème brûlée") == "creme-brulee"


def test_taken():
    assert unique_slug("a", {{"a", "a-2"}}) == "a-3"
""",
        """

def test_no_dash_where_it_is_cut():
    assert slug("aaa bbb", limit=4) == "aaa"
""",
    ),
)
