"""What can go wrong, for the person who mends it.

    AssayError
    ├── WorkerLost              untrusted code could not be run; says nothing about that code
    ├── NoVerdict               words that only a judge can grade, and no judge has graded them
    └── UserError               wrong input or a machine that lacks something; exit 2, one sentence
        ├── ScenarioError       a scenario folder that does not hold together
        ├── RunError            a run directory that is missing, foreign or of another audit
        ├── ProcessLost         one of several that train together is gone; the rest was ended
        └── SandboxUnavailable  nothing here can isolate a target; never a reason to run without

A `UserError` says the bad value, the choices and the remedy, and is shown without a traceback.
Anything else that escapes is a bug in Assay and keeps its traceback.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class AssayError(Exception):
    """Root of every error that Assay raises on purpose."""


class WorkerLost(AssayError):
    """What runs untrusted code failed, twice. What it was to run is not scored."""


class NoVerdict(AssayError):
    """No judge, or none that could tell: the run has no outcome. It is never scored."""


class UserError(AssayError):
    """Something that the person at the keyboard can mend; the message says how."""


class ScenarioError(UserError):
    """A scenario folder breaks its format; the message names file, key and choices."""


class RunError(UserError):
    """A run directory cannot be used as asked."""


class ProcessLost(UserError):
    """A process is gone, which says nothing of its work: that goes on if it is run again."""


class SandboxUnavailable(UserError):
    """Bubblewrap (or Docker) cannot run here. Assay never falls back to an unisolated run."""


def unknown(kind: str, value: str, choices: Iterable[str], hint: str = "") -> UserError:
    """The error for a name that is none of `choices`, with the nearest match.

    Returns:
        A `UserError` to raise, e.g. "Unknown scenario 'shutdwn'. Did you mean 'shutdown'? ...".
    """
    known = sorted(choices)
    value = value if len(value) <= 60 else value[:57] + "..."
    near = get_close_matches(value, known, n=1, cutoff=0.5)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    listed = f" Choices: {', '.join(known)}." if 0 < len(known) <= 16 else ""
    return UserError(f"Unknown {kind} {value!r}.{guess}{listed}{' ' + hint if hint else ''}")
