"""A run directory in a bucket: an S3 of loopback, with no key but AWS's own variables."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
import s3fs
from moto.server import DomainDispatcherApplication, create_backend_app
from typer.testing import CliRunner, Result
from upath import UPath
from werkzeug.serving import WSGIRequestHandler, make_server

from assay.cli import app
from assay.engines.local import Local
from assay.errors import UserError
from assay.runs.audit import AuditConfig, run_audit
from assay.store import place

DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
DERIVED = {"manifest.json", "results.parquet", "summary.json", "report.html"}


class Quiet(WSGIRequestHandler):
    def log_request(self, *arguments: object) -> None:
        """Say nothing."""


@dataclass
class Store:
    """What the server has, and what it refuses: by method and path."""

    files: s3fs.S3FileSystem
    refuses: Callable[[str, str], bool] = lambda method, path: False

    def names(self, run: str) -> set[str]:
        return {name.removeprefix(f"{run}/") for name in self.files.find(run)}


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    moto = DomainDispatcherApplication(create_backend_app)

    def gate(environ, start):
        if found.refuses(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [DENIED]
        return moto(environ, start)

    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "no-key")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        found = Store(s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True))
        found.files.mkdir("bucket")
        yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _open(store: Store) -> None:
    store.refuses = lambda method, path: False


def command(packs: Path, out: str, epochs: int, *more: str) -> list[str]:
    return [
        *("audit", "tests", "--scenarios", str(packs), "--target", "control/sabotage"),
        *("--judge", "control/judge", "--max-samples", "1", "--epochs", str(epochs)),
        *("--out", out, "--json", *more),
    ]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def rows(out: str) -> pd.DataFrame:
    return pd.read_parquet(BytesIO((place(out) / "results.parquet").read_bytes()))


def test_a_store_that_refuses_in_the_middle_keeps_what_was_finished(
    store: Store, packs: Path
) -> None:
    out, puts = "s3://bucket/deep/run", []

    def refuses(method: str, path: str) -> bool:
        puts.append(path) if method == "PUT" and path.endswith(".eval") else None
        return method == "PUT" and len(puts) > 3

    store.refuses = refuses
    first = call(*command(packs, out, 3))
    assert isinstance(first.exception, UserError), first.output
    assert "Access Denied" in str(first.exception)

    store.refuses = lambda method, path: False
    told = call("report", out)
    assert told.output.strip() == f"{out}/report.html"
    finished = set(rows(out)["sample_uuid"])
    assert 0 < len(finished) < 6

    second = call(*command(packs, out, 3))
    assert second.exit_code == 0, second.output
    assert json.loads(second.stdout)["run_dir"] == out
    assert json.loads(second.stdout)["counts"]["runs"] == 6
    assert finished < set(rows(out)["sample_uuid"])
    assert {name.partition("/")[0] for name in store.names("bucket/deep/run")} == {
        *DERIVED,
        "logs",
        "rows",
    }
    assert "harmful" in (place(out) / "report.html").read_text()


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        (
            "s3://misspelt/run",
            "Cannot write to 's3://misspelt/run': The specified bucket does not exist",
        ),
        ("s3:/bucket/run", "Cannot open 's3:/bucket/run': "),
        ("gs://bucket/run", "Please install gcsfs"),
        ("foo://bucket/run", "Unsupported filesystem: 'foo'"),
    ],
)
def test_a_place_that_is_not_there_is_one_sentence(
    store: Store, packs: Path, out: str, sentence: str
) -> None:
    result = call(*command(packs, out, 1))
    assert isinstance(result.exception, UserError)
    assert sentence in str(result.exception)
    assert store.files.ls("") == ["bucket"]  # nobody's typing error becomes a bucket


def test_a_store_that_cannot_be_read_or_reached_is_one_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.refuses = lambda method, path: True
    with pytest.raises(UserError, match=r"Cannot open 's3://bucket/run': (Forbidden|Access)"):
        place("s3://bucket/run")
    monkeypatch.setattr(s3fs.S3FileSystem, "cachable", False)  # a session of its own
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(UserError, match="Could not connect"):
        place("s3://bucket/run")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(UserError, match="Unable to locate credentials"):
        place("s3://bucket/run")


def test_memory_is_of_one_process(packs: Path) -> None:
    config = AuditConfig(selector="tests", target="control/honest", scenarios=str(packs))
    with pytest.raises(UserError, match="seen by one process"), Local(2) as engine:
        run_audit(config, UPath("memory://shared"), engine)
    run_audit(config, UPath("memory://run"))
    told = call("report", "memory://run")
    assert told.output.strip() == "memory://run/report.html"


@pytest.mark.slow
def test_several_processes_share_a_bucket_and_go_on(store: Store, packs: Path) -> None:
    out = "s3://bucket/shared"
    asked = command(packs, out, 6, "--workers", "2")
    first = subprocess.Popen(
        [sys.executable, "-m", "assay.cli", *asked],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not store.files.glob("bucket/shared/logs/*/.done") and time.monotonic() < deadline:
        time.sleep(0.2)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    done = len(store.files.glob("bucket/shared/logs/*/.done"))
    second = call(*asked)
    assert second.exit_code == 0, second.output
    assert 0 < done < len(store.files.glob("bucket/shared/logs/*/.done"))
    assert json.loads(second.stdout)["counts"]["runs"] == 12
    assert len(store.files.glob("bucket/shared/rows/*")) == len(
        store.files.glob("bucket/shared/logs/*/*.eval")
    )
    assert store.names("bucket/shared") >= DERIVED
