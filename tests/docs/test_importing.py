"""The page on importing lists each format with the suffixes that tell it and its variants."""

from __future__ import annotations

import re
from pathlib import Path

from schedc.dsl.importers.formats import FORMATS, detect, formats

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "importing.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("| ").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_all_formats_are_listed() -> None:
    rows = [row for row in ROWS if row[0].strip("`") in FORMATS]
    assert [row[0].strip("`") for row in rows] == list(formats())
    for name, told, variants, _ in rows:
        known = FORMATS[name.strip("`")]
        usual = [suffix for suffix in known.suffixes if detect(Path(f"x{suffix}")) == known.name]
        assert re.findall(r"`([^`]+)`", told) == usual
        assert re.findall(r"`([^`]+)`", variants) == list(known.variants)
