"""Tables given from Python: data frames and columns in place of what the text names."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

import schedc
from schedc.models.diagnostics import SchedcError

TEXT = """time 15 min from 2026-01-05 zone "Europe/Paris" for 20 d
table t from "none.csv" key id { id: text, n: int, share: number, work: duration, ready: instant, urgent: bool }
resource r capacity 99
task a[x in t] lasts x.work release x.ready uses r x.n
require start(a[x]) >= floor(2 * x.share) * 15 min for x in t where x.urgent
minimize makespan
"""
COLUMNS: dict[str, Any] = {
    "id": ["p1", "p2", "p3"], "n": [3, 1, 2], "share": [0.25, 2, -1.5],
    "work": [timedelta(minutes=90), timedelta(hours=2), timedelta(minutes=15)],
    "ready": [datetime(2026, 1, 6), datetime(2026, 1, 7, 10, 30), datetime(2026, 1, 8)], "urgent": [True, False, True],
}


def test_every_kind_of_frame_gives_the_same_model() -> None:
    frame = pl.DataFrame(COLUMNS, strict=False)
    arrays = {name: np.array(column) for name, column in COLUMNS.items()}
    arrays |= {"work": np.array([90, 120, 15], dtype="timedelta64[m]"), "n": np.array([3, 1, 2], dtype=">i4"),
               "ready": np.array(["2026-01-06T00:00", "2026-01-07T10:30", "2026-01-08"], dtype="datetime64[s]")}
    paris = ZoneInfo("Europe/Paris")
    mixed = {**COLUMNS, "share": [Decimal("0.25"), 2, "-1.5"], "work": ["90 min", timedelta(hours=2), "15 min"],
             "ready": [date(2026, 1, 6), COLUMNS["ready"][1].replace(tzinfo=paris), "2026-01-08"]}
    given = [COLUMNS, frame, frame.lazy(), frame.to_arrow(), frame.to_pandas(), arrays, mixed, frame.to_dicts(),
             {name: frame[name] for name in frame.columns}, frame.to_dict(as_series=False)]
    models = [schedc.loads(TEXT, data={"t": value}).model for value in given]
    assert {m.digest for m in models} == {models[0].digest}
    for model in models:
        assert model.shortest.tolist() == [6, 8, 1]
        assert model.release.tolist() == [96, 96 * 2 + 42, 96 * 3]
        assert model.tasks[0].family.labels() == ["a[p1]", "a[p2]", "a[p3]"]


def test_pandas_without_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas")

    def refuse(*_: object) -> None:
        raise ImportError("pyarrow")

    expected = schedc.loads(TEXT, data={"t": COLUMNS}).model.digest
    monkeypatch.setattr(pl, "from_pandas", refuse)
    frame = pandas.DataFrame(COLUMNS).astype({"id": object})
    assert schedc.loads(TEXT, data={"t": frame}).model.digest == expected


def test_missing_cells_are_empty() -> None:
    pandas = pytest.importorskip("pandas")
    text = "table t key id { id: int, n: int } rows { 1, 1 }\ntask a[x in t] lasts 1 release x.n\ntime for 9"
    for cells in ([2, None], [2.0, float("nan")]):
        model = schedc.loads(text, data={"t": pandas.DataFrame({"id": [1, 2], "n": cells})}).model
        assert model.release.tolist() == [2, 0]
    assert schedc.loads(text, data={"t": {"id": [1, 2], "n": [2, None]}}).model.release.tolist() == [2, 0]


@pytest.mark.parametrize(("value", "code", "words"), [
    (3, "E179", "a value of type int"), ({"id": "a", "n": [1]}, "E179", "has a str as its column `id`"),
    ({"id": ["a"]}, "E164", "no column `n`"), ({"id": ["a"], "n": []}, "E178", "different lengths"),
    ({"id": ["a"], "n": [[1]]}, "E174", "a list in row 1"), ({"id": ["a"], "n": [object()]}, "E174", "a object"),
    ({"id": ["a"], "n": [0.5]}, "E161", "`0.5` is not a whole number"),
    ({"id": ["a"], "n": [10**30]}, "E161", "does not fit 64 bits"),
    ({"id": ["a", "b", "a"], "n": [1, 2, 3]}, "E170", "row 3: key `a` stands already in row 1"),
    ({"id": ["a", None], "n": [1, 2]}, "E169", "row 2: the key `id` is empty"),
    ({"id": ["a\ud800"], "n": ["x"]}, "E161", "`x` is not a whole number"),
    ({"id": ["a"], "n": [float("nan")]}, "E161", "`nan` is not a whole number"),
    ({"id": ["a"], "n": [datetime(2026, 1, 5)]}, "E161", "is not a whole number"),
    ({"id": ["a"], "n": np.array([2**63], dtype=np.uint64)}, "E161", "does not fit 64 bits"),
    (pl.DataFrame({"id": ["a"], "n": [[1]]}), "E174", "holds lists"),
])
def test_wrong_values(value: object, code: str, words: str) -> None:
    text = "table t key id { id: text, n: int } rows { a, 1 }\ntask a[x in t] lasts x.n\ntime for 9"
    with pytest.raises(SchedcError) as caught:
        schedc.loads(text, data={"t": value})
    found = caught.value.diagnostics
    assert [d.code for d in found] == [code] and words in found[0].message, found
