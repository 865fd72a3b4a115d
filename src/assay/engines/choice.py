"""Which engine is meant: what `--engine`, `--workers` and `--address` say."""

from typing import TYPE_CHECKING

from assay.errors import UserError, unknown

if TYPE_CHECKING:
    from assay.engines.cluster import Cluster
    from assay.engines.local import Local

ENGINES = ("local", "ray")


def chosen(
    name: str, workers: int | None, address: str | None, *, warm: str = ""
) -> "Local | Cluster":
    """The engine of that name, a context manager.

    Args:
        name: `local`, worker processes of this machine, or `ray`.
        workers: Jobs at the same time on this machine; None for as many as it has cores.
        address: Of a running Ray cluster; None for one of this machine alone.
        warm: `module:name` of a function that prepares worker processes before there are jobs.

    Raises:
        UserError: Unknown, or options that do not go with it; the extra is missing, nobody answers
            at the address, or the versions differ.
    """
    if name == "ray":
        if workers is not None:
            raise UserError("Ray knows how much its nodes can run; leave out --workers.")
        from assay.engines.cluster import Cluster

        return Cluster(address)
    if name != "local":
        raise unknown("engine", name, ENGINES)
    if address is not None:
        raise UserError("--address is of a Ray cluster: it goes with --engine ray.")
    from assay.engines.local import Local

    return Local(workers, warm)
