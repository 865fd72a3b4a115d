"""The six weeks with what is known of them, for the tests."""

from jobwatch import labels, sessions


def known():
    """(session, verdict) without the open ones."""
    found = {**labels.verdicts(), **labels.read(sessions.ROOT / "labels" / "second_look.csv")}
    once = {}
    for name in sessions.WEEKS:
        for session in sessions.read(sessions.ROOT / "logs" / f"{name}.jsonl"):
            once.setdefault(session["sid"], session)
    return [(session, found[sid]) for sid, session in once.items() if found[sid].verdict != "open"]
