import subprocess
import sys
from pathlib import Path


def test_shape():
    done = subprocess.run([sys.executable, "tools/shape.py"], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
