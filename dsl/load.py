"""A file or a text to a checked model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from schedc.dsl import tree
from schedc.dsl.build import build
from schedc.dsl.codes import IMPOSSIBLE
from schedc.dsl.digests import text_digest
from schedc.dsl.parse import parse
from schedc.dsl.read import read_source
from schedc.dsl.scenarios import in_scenario, scenario_digest
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.records import dataclass


@dataclass(frozen=True, eq=False)
class Source:
    """Where a model comes from: it can be built anew with other values or another horizon.

    file: how diagnostics call it; folder: where its tables are looked for (None: it can read no files); data: paths,
    data frames or columns by name in place of its tables' own sources; scenario: the one that the model is built in.
    """

    text: str
    file: str
    folder: Path | None
    name: str
    params: Mapping[str, object]
    data: Mapping[str, object]
    scenario: str | None = None

    @cached_property
    def file_tree(self) -> tree.File:
        """The parsed text; what is wrong with it is not told here."""
        return in_scenario(parse(self.text, self.file, Findings()), self.scenario, Findings())

    def model(
        self, findings: Findings, *, params: Mapping[str, object] | None = None, horizon: int | None = None
    ) -> Model | None:
        """The model, not yet checked, or None with errors in `findings`.

        params: values in place of its own; horizon: see `build.build`.
        """
        parsed = parse(self.text, self.file, findings)
        if findings.failed:
            return None
        digest = scenario_digest(text_digest(self.text, parsed), self.scenario)
        parsed = in_scenario(parsed, self.scenario, findings)
        if findings.failed:
            return None
        values = {**self.params, **(params or {})}
        return build(
            parsed, name=self.name, folder=self.folder, params=values, data=self.data, digest=digest,
            findings=findings, horizon=horizon,
        )

    def checked(self, findings: Findings, params: Mapping[str, object] | None = None) -> Model | None:
        """The checked model, or None with errors in `findings`.

        A model whose statements cannot be kept together is a model (`check.refute` tells). So is one with a statement
        that no schedule can keep; its errors, all of them in `codes.IMPOSSIBLE`, stand in `findings`.
        """
        from schedc.dsl.check import check

        model = self.model(findings, params=params)
        if model is None:
            return None
        check(model, findings)
        return model if findings.errors <= IMPOSSIBLE else None


def open_path(
    path: Path, params: Mapping[str, object], data: Mapping[str, object], findings: Findings,
    scenario: str | None = None,
) -> Source | None:
    """The source in a file, or None with errors in `findings`. Tables are read relative to its folder."""
    text = read_source(path, findings)
    if text is None:
        return None
    name = path.stem.encode("utf-8", "replace").decode()    # file names may be no text
    return Source(text, str(path), path.parent, name, params, data, scenario)


def load_path(
    path: Path, params: Mapping[str, object], data: Mapping[str, object], findings: Findings
) -> Model | None:
    """The checked model of a file, as `Source.checked`."""
    source = open_path(path, params, data, findings)
    return None if source is None else source.checked(findings)


def load_text(
    text: str,
    params: Mapping[str, object],
    data: Mapping[str, object],
    findings: Findings,
    *,
    file: str = "<text>",
    folder: Path | None = None,
    name: str = "model",
) -> Model | None:
    """The checked model of a text, as `Source.checked`. Without a folder it can read no files."""
    return Source(text, file, folder, name, params, data).checked(findings)
