"""Skips the whole module when it is imported."""

import pytest

pytest.skip('not here', allow_module_level=True)
