"""Whether an imported instance says the same when its text has been laid out anew: model, text, model.

    python benchmarks/round_trip.py DATA [--each N]

DATA holds a folder a family. The first N instances of each (1) that are not large are imported, their text is printed
by the formatter, and both texts are built; the two models must be one, but for where their statements stand. Prints a
line a family with the number of instances and the first digits of the last one's hash; exits with 1 where two differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schedc.dsl.format import format_text
from schedc.dsl.importers import import_file
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Findings
from schedc.models.serial import model_to_json

LARGEST = 400_000       # bytes of an instance


def fingerprint(path: Path) -> str:
    """The hash of a file's model without the places of its statements and the digest of its text."""
    findings = Findings()
    model = load_path(path, {}, {}, findings)
    if model is None:
        raise ValueError(f"{path}: {findings.in_order()[0].message}")
    told = json.dumps(_placeless(model_to_json(model)), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _placeless(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("type") == "Origin":
            return [value.get("label"), value.get("what")]
        return {k: _placeless(v) for k, v in value.items() if k != "digest"}
    return [_placeless(v) for v in value] if isinstance(value, list) else value


def round_trip(instance: Path, family: str, folder: Path) -> tuple[str, str] | None:
    """The hashes of an instance's model before and after its text was printed; None where nothing is imported."""
    written = import_file(instance, folder, format=family, variant=None, findings=Findings())
    if written is None:
        return None
    before = fingerprint(written)
    written.write_text(format_text(written.read_text(), str(written), Findings()) or "")
    return before, fingerprint(written)


def samples(data: Path, each: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each family with the hashes of its first instances."""
    for folder in sorted(f for f in data.iterdir() if f.is_dir()):
        found: list[tuple[str, str]] = []
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and 0 < p.stat().st_size <= LARGEST):
            if len(found) == each:
                break
            with tempfile.TemporaryDirectory() as place:
                pair = round_trip(path, folder.name, Path(place) / "model")
            if pair is not None:
                found.append(pair)
        yield folder.name, found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=1)
    args = parser.parse_args()
    wrong = 0
    for family, found in samples(args.data, args.each):
        differ = sum(a != b for a, b in found)
        wrong += differ
        told = f"{len(found)} instances, {differ} differ, {found[-1][0][:12]}" if found else "nothing imported"
        print(f"{family:20} {told}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
