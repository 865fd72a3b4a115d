"""A process that runs jobs one after the other, for the engine `local`.

    python -m assay.engines.worker      jobs come as lines of JSON, and so go the answers

It ends when its standard input does: whoever started it may be killed without a word.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from queue import SimpleQueue
from typing import Any


def main() -> None:
    """Run jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the driver, which then closes the input
    for line in _lines():
        print(json.dumps(perform(json.loads(line))), file=answers, flush=True)


def perform(job: Mapping[str, Any]) -> dict[str, Any]:
    """Run one job.

    Returns:
        The fields of `engine.Ended`.
    """
    module, _, name = job["perform"].partition(":")
    started = time.monotonic()
    ended = getattr(import_module(module), name)(job["given"])
    return {"key": job["key"], "seconds": time.monotonic() - started, **ended}


def _lines() -> Iterator[str]:
    """Lines of standard input. At its end the process goes, busy or not, with all it started."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()


if __name__ == "__main__":
    main()
