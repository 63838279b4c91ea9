"""Every importer's text says the same once it is laid out anew, on an instance of each family."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from schedc.dsl.importers import formats

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
sys.path.append(str(ROOT / "benchmarks"))

from round_trip import samples  # noqa: E402


@pytest.mark.skipif(not DATA.is_dir(), reason="no benchmark data here")
def test_model_text_model() -> None:
    seen = dict(samples(DATA, 1))
    for family, found in seen.items():
        assert all(before == after for before, after in found), family
    known = set(seen) & set(formats())
    assert known and all(seen[name] for name in known)
