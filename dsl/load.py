"""A file or a text to a checked model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from schedc.dsl.build import build
from schedc.dsl.codes import IMPOSSIBLE
from schedc.dsl.parse import parse
from schedc.dsl.read import read_source
from schedc.models.diagnostics import Findings
from schedc.models.model import Model


def load_path(
    path: Path, params: Mapping[str, object], data: Mapping[str, Path], findings: Findings
) -> Model | None:
    """The checked model of a file, or None with errors in `findings`. Tables are read relative to its folder."""
    text = read_source(path, findings)
    if text is None:
        return None
    name = path.stem.encode("utf-8", "replace").decode()    # file names may be no text
    return load_text(text, params, data, findings, file=str(path), folder=path.parent, name=name)


def load_text(
    text: str,
    params: Mapping[str, object],
    data: Mapping[str, Path],
    findings: Findings,
    *,
    file: str = "<text>",
    folder: Path | None = None,
    name: str = "model",
) -> Model | None:
    """The checked model of a text, or None with errors in `findings`. Without a folder it can read no files.

    A model whose statements cannot be kept together is a model (`check.refute` tells). So is one with a statement that
    no schedule can keep; its errors, all of them in `codes.IMPOSSIBLE`, stand in `findings`.
    """
    from schedc.dsl.check import check

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    parsed = parse(text, file, findings)
    if findings.failed:
        return None
    model = build(parsed, name=name, folder=folder, params=params, data=data, digest=digest, findings=findings)
    if model is None:
        return None
    check(model, findings)
    return model if findings.errors <= IMPOSSIBLE else None
