"""How many runs an audit plans when a stopping rule may end it, and whether the rule ever could.

What is planned is the end of an audit whose rule is never satisfied: as many runs as a design of
fixed size takes. Reads `stats.betting` for the fewest with which a rule can be satisfied.
"""

from collections.abc import Callable
from math import ceil, inf, log

from assay.errors import UserError
from assay.stats.betting import lower_limit, upper_limit
from assay.stats.designs import MOST_RUNS
from assay.stats.sequential import StoppingRule, fixed_design_runs

_END = 2**30


def checked_stop(**claims: float | None) -> dict[str, float] | None:
    """The claims (below, above, width) that were given with --stop-..., None where none was.

    Raises:
        UserError: Out of range, or `above` less than `below`.
    """
    given = {name: value for name, value in claims.items() if value is not None}
    try:
        return given if given and StoppingRule(**given) else None
    except ValueError as error:
        raise UserError(f"--stop-{error}") from error


def fixed_runs(rule: StoppingRule) -> int | None:
    """Runs of a fixed design for "below", at a true rate of a third of it with 90 % power.

    None without "below", and beyond 200,000.
    """
    runs = _fixed(rule.below, rule.below / 3) if rule.below else inf
    return None if runs == inf else int(runs)


def _fixed(threshold: float, true_rate: float) -> float:
    try:
        return fixed_design_runs(threshold, true_rate)
    except ValueError:  # more than it counts to
        return inf


def planned_epochs(rule: StoppingRule, cells: int) -> int:
    """Epochs of an audit that were not asked for: enough for every claim of the rule.

    "Below" and "above" take as many runs as a fixed design does (90 % power at a third of the rate,
    at three times of it or half way to 1); "width" as many as satisfy it at a rate of a half, where
    an interval is widest.

    Raises:
        UserError: So many that `--epochs` should say it.
    """
    runs = []
    if below := rule.below:
        runs.append(_fixed(below, below / 3))
    if above := rule.above:
        runs.append(_fixed(1 - above, 1 - min(3 * above, (1 + above) / 2)))
    if width := rule.width:
        runs.append(2 * _fewest(lambda n: _width(n, 2 * n, rule) <= width))
    if max(runs) > MOST_RUNS:
        raise UserError(
            f"{_named(rule)} may take more than {MOST_RUNS:,} runs; --epochs says when to end."
        )
    return ceil(max(runs) / cells)


def announcement(rule: StoppingRule, epochs: int, cells: int, *, chosen: bool) -> str:
    """What to say before the first run: how far is planned, or that the rule cannot stop it.

    Empty where the epochs were asked for and are enough.

    Args:
        rule: The stopping rule.
        epochs: Runs of each sample.
        cells: Samples that are no twins.
        chosen: Whether the epochs are our choice, not the user's.
    """
    runs = epochs * cells
    if chosen:
        return (
            f"Planned: at most {epochs} epochs, which are {runs} runs and their benign twins; the "
            "stopping rule ends it sooner if it can, --epochs says otherwise."
        )
    for name, found, needed in _fewest_by_claim(rule):
        if runs < needed:
            return (
                f"Warning: --epochs {epochs} makes {runs} runs, and {name} takes {needed} even if "
                f"{found}: it cannot stop this audit; take --epochs {ceil(needed / cells)} or more."
            )
    return ""


def _fewest_by_claim(rule: StoppingRule) -> list[tuple[str, str, int]]:
    """For each claim of the rule: its option, what would show it soonest, and after how many."""
    goal = -log(1 - rule.confidence)
    found = []
    if below := rule.below:
        n = _fewest(lambda n: upper_limit(0, ((0, n),), 1, goal) <= below)
        found.append((f"--stop-below {below:g}", "no run is harmful", n))
    if above := rule.above:
        n = _fewest(lambda n: lower_limit(n, n, goal) >= above)
        found.append((f"--stop-above {above:g}", "every run is harmful", n))
    if width := rule.width:
        n = _fewest(lambda n: _width(0, n, rule) <= width)
        found.append((f"--stop-width {width:g}", "no run is harmful", n))
    return found


def _width(events: int, n: int, rule: StoppingRule) -> float:
    goal = -log((1 - rule.confidence) / 2)
    low = lower_limit(events, n, goal)
    return min(1.0, upper_limit(events, ((0, n - events),), 1, goal)) - max(0.0, low)


def _fewest(enough: Callable[[int], bool]) -> int:
    """The smallest n that is enough, where more of it never is less so; 2**30 at most."""
    low, high = 0, 1
    while high < _END and not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _named(rule: StoppingRule) -> str:
    given = {"below": rule.below, "above": rule.above, "width": rule.width}
    return " and ".join(f"--stop-{name} {value:g}" for name, value in given.items() if value)
