# ruff: noqa: PTH103, PTH109, PTH118, PTH120
"""Takes one program from the launcher and runs it as `python3 NAME` would."""

from __future__ import annotations

import atexit
import builtins
import gc
import io
import linecache
import marshal
import os
import resource
import socket
import sys
import threading
import traceback
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def run(link: int) -> NoReturn:
    """Wait for a program on the socket `link` and become it.

    One message brings descriptors: the program, as marshalled by the launcher, then stdin, stdout,
    stderr and the channel, which become 0 to 3.
    """
    connection = socket.socket(fileno=link)
    message, fds, _, _ = socket.recv_fds(connection, 1, 5)
    if not message:
        os._exit(0)
    program, *standard = fds
    message = os.read(program, os.fstat(program).st_size)
    source, name, arguments, files, rlimits = marshal.loads(message)
    os.close(program)
    for limit, value in rlimits:
        kind = getattr(resource, limit)
        _, hard = resource.getrlimit(kind)  # the launcher's own, which cannot be raised
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    connection.send(b"s")  # from here on, all that happens is the program's own doing
    connection.close()
    for number, fd in enumerate(standard):
        os.dup2(fd, number)
        os.close(fd)
    for path, data in files.items():
        write(path, data)
    execute(source, [name, *arguments], os.path.join(os.getcwd(), name) if name in files else None)


def write(name: str, data: bytes) -> None:
    """Write a file, and the directories on the way to it."""
    if "/" in name:
        os.makedirs(os.path.dirname(name), exist_ok=True)
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.close(fd)


def execute(source: str, argv: list[str], file: str | None) -> NoReturn:
    """Run `source`, which may lie in `file`, as the main module; then end as Python does."""
    sys.argv[:] = argv
    main = types.ModuleType("__main__")
    vars(main)["__builtins__"] = builtins
    if file:
        vars(main)["__file__"] = file
    sys.modules["__main__"] = main
    status = 0
    try:
        exec(compile(source, argv[0], "exec", dont_inherit=True), vars(main))
    except SystemExit as error:
        status = exit_status(error.code)
    except BaseException as error:  # noqa: BLE001 (as the interpreter does)
        status = 1
        show(error, source, argv[0])
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    finally:
        end(vars(main), status)


def end(names: dict[str, object], status: int) -> NoReturn:
    """Flush what the program has written, and exit.

    In the interpreter's order: a stream of the program's own needs its names; then these go, the
    last one first, and with them files that were left open; then what was put aside is flushed.
    """
    if not flushed(*(getattr(sys, name, None) for name in ("stdout", "stderr"))):
        status = status or 120
    try:
        if threading.active_count() > 1:  # daemon threads go on, and must not miss the names
            flushed(*(part for part in [*names.values()] if type(part) is io.TextIOWrapper))
        else:
            while names:
                names.popitem()
            gc.collect()
    finally:
        flushed(*(getattr(sys, name, None) for name in ("__stdout__", "__stderr__")))
        os._exit(status)


def flushed(*streams: Any) -> bool:
    """Whether these streams, as far as they are any, could all be flushed."""
    done = True
    for stream in streams:
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:  # noqa: BLE001 (as the interpreter does)
            done = False
    return done


def show(error: BaseException, source: str, name: str) -> None:
    """Print an error that nobody caught, without the frame of this module."""
    frames = error.__traceback__ and error.__traceback__.tb_next
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, frames)
        return
    # The source lies in no file; the lines of one that the program wrote would be others.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    traceback.print_exception(type(error), error, frames)


def exit_status(code: object) -> int:
    """The status for the argument of `sys.exit`, which is printed if it is no number."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1
