"""A process that runs jobs one after the other, for the engine `local`.

    python -m assay.engines.worker [MODULE:NAME]    jobs come as lines of JSON, as do answers

A function that prepares it is called while the first job is still on its way.

It ends when its standard input does: whoever started it may be killed without a word.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from queue import SimpleQueue
from typing import Any


def main() -> None:
    """Run jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the driver, which then closes the input
    lines = _lines()
    for prepare in sys.argv[1:]:
        _function(prepare)()
    while True:
        print(json.dumps(perform(json.loads(lines.get()))), file=answers, flush=True)


def perform(job: Mapping[str, Any]) -> dict[str, Any]:
    """Run one job.

    Returns:
        The fields of `engine.Ended`.
    """
    started = time.monotonic()
    ended = _function(job["perform"])(job["given"])
    return {"key": job["key"], "seconds": time.monotonic() - started, **ended}


def _function(named: str) -> Callable[..., Any]:
    module, _, name = named.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _lines() -> SimpleQueue[str]:
    """Lines of standard input. At its end the process goes, busy or not, with all it started."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    return lines


if __name__ == "__main__":
    main()
