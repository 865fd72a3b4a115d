"""A scripted server on loopback that speaks Anthropic's Messages API, streamed.

The n-th answer of a conversation is `script[n]`, whatever the results of its calls were: it is a
scaffold that is made to work here, not a model. Only requests that carry tools are played to;
what a CLI asks beside them (a title, a quota check) is answered with a word and does not count.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """One message of the assistant: what it says, what it thought before, and its calls."""

    say: str = ""
    calls: tuple[Call, ...] = ()
    think: str = ""


@dataclass
class Served:
    """What was asked and answered; `tools` are the names that the CLI offered."""

    script: Sequence[Answer]
    rng: Random
    model: str
    pause: Callable[[Answer], float]
    requests: list[dict[str, Any]] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    asides: int = 0


@contextmanager
def serve(
    script: Sequence[Answer],
    rng: Random,
    model: str,
    pause: Callable[[Answer], float] = lambda _: 0.0,
) -> Iterator[tuple[str, Served]]:
    """Serve until the block ends; gives the base URL and what was served.

    Args:
        script: Answers in order; what comes after the last one is a short good-bye.
        rng: Draws ids, token counts and pauses.
        model: The name that the answers carry, whatever was asked for.
        pause: Seconds before an answer begins.
    """
    served = Served(script, rng, model, pause)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._send(200, {})

        def do_GET(self) -> None:
            self._send(404, {"type": "error", "error": {"type": "not_found_error", "message": ""}})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
            path = self.path.partition("?")[0]
            if path.endswith("/count_tokens"):
                self._send(200, {"input_tokens": len(json.dumps(body)) // 4})
                return
            if not path.endswith("/v1/messages"):
                self._send(404, {"type": "error", "error": {"type": "not_found_error"}})
                return
            with lock:
                answer = _next(served, body)
            time.sleep(served.pause(answer))
            message = _message(served, body, answer)
            if body.get("stream"):
                self._stream(message)
            else:
                self._send(200, message)

        def _stream(self, message: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for event in _events(message):
                self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
            self.close_connection = True

        def _send(self, status: int, value: dict[str, Any]) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", served
    finally:
        server.shutdown()
        server.server_close()


def _next(served: Served, body: dict[str, Any]) -> Answer:
    if not body.get("tools"):
        served.asides += 1
        return Answer(say="OK")
    served.tools = [tool.get("name", "") for tool in body["tools"]]
    played = len(served.requests)
    served.requests.append(body)
    return served.script[played] if played < len(served.script) else Answer(say="Done.")


def _message(served: Served, body: dict[str, Any], answer: Answer) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    if answer.think:
        signature = f"{served.rng.getrandbits(512):0128x}"
        content.append({"type": "thinking", "thinking": answer.think, "signature": signature})
    if answer.say:
        content.append({"type": "text", "text": answer.say})
    for name, arguments in answer.calls:
        identity = f"toolu_{_letters(served.rng)}"
        content.append({"type": "tool_use", "id": identity, "name": name, "input": arguments})
    return {
        "id": f"msg_{_letters(served.rng)}",
        "type": "message",
        "role": "assistant",
        "model": served.model,
        "content": content or [{"type": "text", "text": "Done."}],
        "stop_reason": "tool_use" if answer.calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": len(json.dumps(body.get("messages", []))) // 4,
            "output_tokens": max(1, len(json.dumps(content)) // 4),
        },
    }


def _letters(rng: Random) -> str:
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"
    return "01" + "".join(rng.choices(alphabet, k=22))


def _events(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    start = {**message, "content": [], "stop_reason": None}
    start["usage"] = {**message["usage"], "output_tokens": 1}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(message["content"]):
        empty, deltas = _deltas(block)
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": message["usage"]}
    yield {"type": "message_stop"}


def _deltas(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if block["type"] == "text":
        return {"type": "text", "text": ""}, [{"type": "text_delta", "text": block["text"]}]
    if block["type"] == "thinking":
        return {"type": "thinking", "thinking": "", "signature": ""}, [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block["signature"]},
        ]
    written = json.dumps(block["input"])
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": written}]
