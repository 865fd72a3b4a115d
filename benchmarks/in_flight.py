"""Thousands of runs in flight against a server that takes its time: throughput beside the ideal.

The server on loopback answers after two seconds, to any number of requests at once. Ideal is what
it could answer; what is missing is our process, which is one core. One JSON line.

python benchmarks/in_flight.py [--runs 5000] [--latency 2] [--workers N] [--save]
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ANSWER = {
    "id": "x",
    "object": "chat.completion",
    "created": 0,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "I keep to what was agreed."},
        }
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15},
}


class Server:
    """Answers every request the same, `latency` seconds later."""

    def __init__(self, latency: float) -> None:
        self.latency, self.open, self.most = latency, 0, 0
        self.port = 0
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=10_000)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = json.dumps(ANSWER).encode()
        kind = "Content-Type: application/json"
        head = f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        while True:
            try:
                asked = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return writer.close()
            found = re.search(rb"content-length: (\d+)", asked, re.IGNORECASE)
            await reader.readexactly(int(found[1]) if found else 0)
            self.open += 1
            self.most = max(self.most, self.open)
            await asyncio.sleep(self.latency)
            self.open -= 1
            writer.write(head.encode() + body)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    server = Server(given.latency)
    environment = {
        **os.environ,
        "MYLAB_API_KEY": "x",
        "MYLAB_BASE_URL": f"http://127.0.0.1:{server.port}/v1",
    }
    more = ["--workers", str(given.workers)] if given.workers else []
    with tempfile.TemporaryDirectory() as out:
        command = [
            *(sys.executable, "-m", "assay.cli", "audit", "microcosm/goals", "--json"),
            *("--target", "openai-api/mylab/model", "--out", f"{out}/run"),
            *("--epochs", "1", "--max-samples", str(given.runs)),
            *("--connections", str(given.runs), *more),
        ]
        probe = subprocess.run(command, env=environment, capture_output=True, text=True)
        if probe.returncode:
            sys.exit(probe.stderr[-2000:])
        found = json.loads(probe.stdout)
        samples, start = found["counts"]["runs"], found["wall"]
        epochs = -(-given.runs // samples)
        command[command.index("--epochs") + 1] = str(epochs)
        command[command.index(f"{out}/run")] = f"{out}/many"
        began = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    found = json.loads(done.stdout)
    runs, wall = found["counts"]["runs"], found["wall"]
    line = {
        "runs": runs,
        "graded": found["counts"]["graded"] + found["counts"]["graded_twin"],
        "most_in_flight": server.most,
        "latency": given.latency,
        "workers": given.workers or 1,
        "seconds": round(seconds, 1),
        "per_second": round(runs / (wall - start + given.latency), 1),
        "ideal_per_second": round(given.runs / given.latency, 1),
    }
    print(json.dumps(line))
    if given.save:
        kept = Path(__file__).parent / "results" / "in_flight.json"
        kept.write_text(json.dumps(line, indent=1) + "\n")


if __name__ == "__main__":
    main()
