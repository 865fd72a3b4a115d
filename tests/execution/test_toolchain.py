"""The read-only machine: where it lies, and that it is built once."""

import os
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from assay.execution import packages
from assay.execution.toolchain import HARNESS_WORDS, cache_directory, fingerprint, toolchain


def test_its_place_tells_a_target_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/assay/cache")
    assert cache_directory() == Path("/var/tmp/toolchains-4242")
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/ada/cache")
    assert cache_directory() == Path("/home/ada/cache/toolchains")


def test_it_is_found_again_not_built_again():
    parts = toolchain()
    before = parts.local.stat().st_mtime_ns
    toolchain.cache_clear()
    assert toolchain() == parts
    assert parts.local.stat().st_mtime_ns == before
    assert parts.local.parent.name.endswith(fingerprint())


def test_the_place_it_was_built_from_is_forgotten():
    local = toolchain().local
    assert (local / "bin/python").resolve().name.startswith("python3.")
    assert not list(local.rglob("EXTERNALLY-MANAGED"))
    text = next((local / "lib").glob("python3*/_sysconfigdata*.py")).read_text()
    assert "/usr/local" in text


def test_no_file_of_the_skeleton_has_a_harness_word_in_its_name():
    parts = toolchain()
    names = " ".join(str(path) for path in parts.root.rglob("*"))
    assert not [word for word in HARNESS_WORDS if word in names.lower()]


def test_a_repacked_wheel_holds_what_its_distribution_brought(tmp_path):
    wheel = packages.repack(distribution("pytest"), tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "pytest/__init__.py" in names
    assert {name.rpartition("/")[2] for name in names} >= {"METADATA", "RECORD", "WHEEL"}
    assert not [name for name in names if name.endswith(".pyc") or "bin/" in name]


def test_the_index_has_what_its_packages_need():
    simple = toolchain().index / "simple"
    for dist in packages.with_dependencies(["pytest", "hypothesis"]):
        assert (simple / packages.normalised(dist.name) / "index.html").is_file()


def test_a_missing_package_is_not_offered():
    with pytest.raises(PackageNotFoundError):
        packages.with_dependencies(["no-such-package"])
    assert packages.installed(["no-such-package"]) == []
