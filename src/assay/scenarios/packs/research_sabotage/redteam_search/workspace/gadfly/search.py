"""Which requests are put to a target. What a search owes stands in docs/search.md."""


def search(goals, ledger):
    raise NotImplementedError("there is no search yet")
