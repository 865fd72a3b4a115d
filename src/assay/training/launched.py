"""One of the processes that `launch` starts.

It ends when its standard input does: whoever started it may be killed without a word.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from assay.errors import UserError

TOLD, RESULT, LOST = "told.json", "result.json", "lost.json"


def call(function: str, given: Mapping[str, Any]) -> Any:
    """Call a function that is named as `module:name`."""
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)(given)


def main(folder: Path) -> None:
    """Call what `launch` was told to call, and write down what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for whoever started it, and then hangs up
    threading.Thread(target=_end_with_whoever_started, daemon=True).start()
    told = json.loads((folder / TOLD).read_text("utf-8"))
    process = int(os.environ["RANK"])
    try:
        result = call(told["function"], told["given"])
    except Exception as error:  # noqa: BLE001  (`launch` raises it again)
        failed = {
            "process": process,
            "user": isinstance(error, UserError),
            "message": str(error),
            "traceback": traceback.format_exc(),
            "at": time.time(),
        }
        _write(folder / f"failed-{process}.json", failed)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)  # without a word to the others, who may wait for this one
    if os.environ["LOCAL_RANK"] == "0":
        _write(folder / RESULT, result)
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()


def _write(path: Path, data: Any) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(data), "utf-8")
    partial.rename(path)


def _end_with_whoever_started() -> None:
    os.read(0, 1)  # nobody writes: this is the end of it
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
