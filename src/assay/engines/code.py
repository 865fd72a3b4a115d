"""Which code this is, so that machines that work together can tell whether they run the same."""

import hashlib
from functools import cache
from pathlib import Path

import assay

_DATA = "packs"  # scenarios have fingerprints of their own


@cache
def fingerprint() -> str:
    """sha256 over Assay's modules, as they lie on this machine."""
    package = Path(assay.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if _DATA not in inside.parts:
            digest.update(f"{inside}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
