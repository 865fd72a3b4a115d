"""The launcher's end of the socket to `agent.server`: requests out, replies in, many at a time.

Used by `bubblewrap` alone. There is no task in the background: whoever waits for a reply reads for
all who wait, so nothing outlives the call that needed it, and any anyio backend will do.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

import anyio

_HEAD = struct.Struct("<IBdQIQ")
_REPLY = struct.Struct("<IBiQQ")
_CHUNK = 1 << 20


class Operation(IntEnum):
    """What is asked; as in agent/server.py."""

    SETUP, EXEC, WRITE, READ, CANCEL, END = range(6)


class Kind(IntEnum):
    """How it went; as in agent/server.py."""

    DONE, FAILED, TIMED_OUT, TOO_LARGE = range(4)


class ChannelClosed(Exception):
    """The other side is gone: the sandbox has ended."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is an exit code or an errno; the parts are stdout and stderr, or a file's content."""

    kind: Kind
    code: int
    first: bytes
    second: bytes


@dataclass(slots=True)
class _Waiting:
    event: anyio.Event = field(default_factory=anyio.Event)
    reply: Reply | None = None


class Channel:
    """Sends requests and hands each caller its own reply."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._buffer = bytearray()
        self._waiting: dict[int, _Waiting] = {}
        self._number = 0
        self._reading = False
        self._sending = anyio.Lock()
        self._closed = False

    async def call(
        self,
        operation: Operation,
        words: Iterable[str],
        data: bytes = b"",
        *,
        timeout: float = 0.0,
        limit: int = 0,
    ) -> Reply:
        """Send one request and wait for its reply. Cancelled, it cancels the request as well.

        Raises:
            ChannelClosed: The other side went away.
            ValueError: A word contains a NUL.
        """
        encoded = [os.fsencode(word) for word in words]
        if any(b"\0" in word for word in encoded):
            raise ValueError("embedded null byte")
        arguments = b"".join(word + b"\0" for word in encoded)
        self._number += 1
        number = self._number
        self._waiting[number] = waiting = _Waiting()
        head = _HEAD.pack(number, operation, timeout, limit, len(arguments), len(data))
        sent = False
        try:
            small = len(data) < _CHUNK
            await self._send(*([head + arguments + data] if small else [head + arguments, data]))
            sent = True
            while waiting.reply is None:
                if self._reading:
                    await waiting.event.wait()
                    waiting.event = anyio.Event()
                else:
                    await self._read_until(waiting)
            return waiting.reply
        finally:
            del self._waiting[number]
            self._wake_reader()
            if waiting.reply is None and sent and not self._closed:
                with contextlib.suppress(ChannelClosed):
                    await self._send(_HEAD.pack(0, Operation.CANCEL, 0.0, number, 0, 0))

    def close(self) -> None:
        """Hang up: the server, and with it everything in its sandbox, ends."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(Exception):  # no event loop runs: then nobody waits either
            anyio.notify_closing(self._socket)
        self._socket.close()
        for waiting in self._waiting.values():
            waiting.event.set()

    async def _send(self, *parts: bytes) -> None:
        # Shielded: a frame cut short would spoil all that follow.
        with anyio.CancelScope(shield=True):
            async with self._sending:
                for part in parts:
                    rest = memoryview(part)
                    while rest:
                        try:
                            rest = rest[self._socket.send(rest[:_CHUNK]) :]
                        except BlockingIOError:
                            # The server may be stuck in a reply that nobody waits for any more.
                            if not self._reading:
                                self._receive()
                            with anyio.move_on_after(0.05):
                                await anyio.wait_writable(self._socket)
                        except OSError as error:
                            self.close()
                            raise ChannelClosed from error

    async def _read_until(self, waiting: _Waiting) -> None:
        self._reading = True
        try:
            while waiting.reply is None:
                if not self._receive():
                    await anyio.wait_readable(self._socket)
        except anyio.ClosedResourceError:
            raise ChannelClosed from None
        finally:
            self._reading = False

    def _receive(self) -> bool:
        """Take what has arrived; False when nothing has."""
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.close()
            raise ChannelClosed
        self._buffer += data
        self._dispatch()
        return True

    def _wake_reader(self) -> None:
        """Somebody else who waits must read on."""
        if not self._reading:
            for waiting in self._waiting.values():
                if waiting.reply is None:
                    waiting.event.set()
                    break

    def _dispatch(self) -> None:
        while len(self._buffer) >= _REPLY.size:
            number, kind, code, first, second = _REPLY.unpack_from(self._buffer)
            middle = _REPLY.size + first
            end = middle + second
            if len(self._buffer) < end:
                return
            with memoryview(self._buffer) as view:
                parts = bytes(view[_REPLY.size : middle]), bytes(view[middle:end])
            del self._buffer[:end]
            if (waiting := self._waiting.get(number)) is not None:
                waiting.reply = Reply(Kind(kind), code, *parts)
                waiting.event.set()
