"""Short ways to write run records down."""

from __future__ import annotations


def run(*events: dict, run_id: str = "r-1", agent: str = "larch-2", suite: str = "upkeep", **keys) -> dict:
    return {"run_id": run_id, "agent": agent, "suite": suite, "events": list(events)} | keys


def call(tool: str, id: str = "c1", status: str = "ok", **args) -> tuple[dict, dict]:
    return (
        {"type": "call", "id": id, "tool": tool, "args": args},
        {"type": "result", "id": id, "status": status},
    )


def shell(command: str, id: str = "c1", status: str = "ok") -> tuple[dict, dict]:
    return call("shell", id, status, command=command)
