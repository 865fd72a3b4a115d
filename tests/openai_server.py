"""A small server on loopback that speaks OpenAI's chat completions, tool calls and faults included.

It plays one script: the n-th answer of a conversation is `script[n]`; who brings no tools is told
what `judge` says, a text or a function of the last message. Faults come first, one for
each request, in the order given, and then no more. As vLLM does, it tells which models it has and
takes further adapters by name.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest

Fault = Literal["401", "429", "500", "503", "cut", "malformed", "length"]
Call = tuple[str, dict[str, Any]]
Judge = str | Callable[[dict[str, Any]], str]  # what it says to a request without tools


@dataclass
class Served:
    """What the server was asked, which faults are still to come, and which models are down."""

    script: list[tuple[str, Call | None]]
    faults: list[Fault | None]
    judge: Judge = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)


@contextmanager
def serve(
    script: list[tuple[str, Call | None]],
    faults: list[Fault | None] | None = None,
    judge: Judge = "",
    models: Sequence[str] = (),
    opens: threading.Event | None = None,
) -> Iterator[tuple[str, Served]]:
    """Serve until the block ends; gives the base URL and what was served.

    Connections are refused until `opens` is set.
    """
    served = Served(script, list(faults or []), judge, models=list(models))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(
                200, {"data": [{"id": name, "max_model_len": 9000} for name in served.models]}
            )

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/v1/load_lora_adapter":
                served.models.append(body["lora_name"])
                self._send(200, {})
                return
            with lock:
                served.requests.append(body)
                fault = served.faults.pop(0) if served.faults else None
                fault = "503" if body["model"] in served.down else fault
                served.answered.append(fault or "ok")
            if fault == "cut":
                self.send_response(200)
                self.send_header("Content-Length", "5000")
                self.end_headers()
                self.wfile.write(b'{"id": "x", "choices": [')
                self.close_connection = True
                return
            if fault in ("401", "429", "500", "503"):
                self._send(int(fault), {"error": {"message": f"planned {fault}", "type": "x"}})
                return
            answer = _completion(body, served, malformed=fault == "malformed")
            if fault == "length":
                answer["choices"][0] = {
                    "index": 0,
                    "message": {"role": "assistant", "content": "I will"},
                    "finish_reason": "length",
                }
            self._send(200, answer)

        def _send(self, status: int, value: dict[str, Any]) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if status in (429, 503):
                self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.server_bind()

    def run() -> None:
        if opens:
            opens.wait()
        server.server_activate()
        server.serve_forever()

    if not opens:
        server.server_activate()
    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", served
    finally:
        server.shutdown()
        server.server_close()


def service(url: str, patch: pytest.MonkeyPatch) -> str:
    """A name for `openai-api/NAME/...` that stands for one server: Inspect keeps clients by name."""
    name = f"lab{url.rpartition(':')[2].partition('/')[0]}"
    patch.setenv(f"{name.upper()}_API_KEY", "no-key")
    patch.setenv(f"{name.upper()}_BASE_URL", url)
    return f"openai-api/{name}"


def _completion(body: dict[str, Any], served: Served, *, malformed: bool) -> dict[str, Any]:
    messages = body["messages"]
    if "tools" not in body:
        said = served.judge if isinstance(served.judge, str) else served.judge(body)
        return _message(body, {"role": "assistant", "content": said}, "stop")
    # An answer whose call could not be read is not part of the script: the target tries again.
    played = sum(
        message["role"] == "assistant" and "{broken" not in json.dumps(message)
        for message in messages
    )
    unreadable = sum(
        message["role"] == "tool" and "Error parsing" in str(message["content"])
        for message in messages
    )
    say, call = served.script[min(played - unreadable, len(served.script) - 1)]
    message: dict[str, Any] = {"role": "assistant", "content": say}
    if call is None:
        return _message(body, message, "stop")
    arguments = "{broken: " if malformed else json.dumps(call[1])
    function = {"name": call[0], "arguments": arguments}
    identity = f"call_{len(messages)}"
    message["tool_calls"] = [{"id": identity, "type": "function", "function": function}]
    return _message(body, message, "tool_calls")


def _message(body: dict[str, Any], message: dict[str, Any], finish: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
