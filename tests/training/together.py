"""Functions for `launch` to call in several processes; without torch, so that it takes no time."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from assay.errors import UserError


def number() -> int:
    return int(os.environ["RANK"])


def pid(given: dict[str, Any]) -> int:
    return os.getpid()


def refuses(given: dict[str, Any]) -> None:
    if number() == 1:
        raise UserError("Not so.")
    time.sleep(600)


def breaks(given: dict[str, Any]) -> None:
    if number() == 1:
        raise ValueError("a bug")
    time.sleep(600)


def dies(given: dict[str, Any]) -> None:
    if number() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)


def sleeps(given: dict[str, Any]) -> None:
    Path(given["folder"], f"{os.getpid()}.pid").touch()
    time.sleep(600)
