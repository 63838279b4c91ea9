"""A schedule as one self-contained HTML page: the picture and a table."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import islice
from typing import Any

from schedc.compilers.result import Result
from schedc.models.model import Model
from schedc.render.cells import clean
from schedc.render.summary import headline, summary
from schedc.render.svg import svg_gantt

_MOST = 20_000      # rows in the table
_STYLE = """
body{font:14px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;color:#2b2f36;margin:24px;max-width:1240px}
svg{max-width:100%;height:auto}table{border-collapse:collapse;margin-top:16px;font-size:13px}
th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid #e5e7eb}th{color:#6b7280;font-weight:600}
td.n{text-align:right;font-variant-numeric:tabular-nums}pre{color:#6b7280}g:hover{opacity:.8}
""".strip()


def html_page(model: Model, result: Result, rows: Iterable[dict[str, Any]]) -> str:
    """The page. rows: the tasks as schedule.json lists them."""
    assert result.schedule is not None
    title = escape(clean(model.name))
    picture = svg_gantt(model, result.schedule, subtitle=headline(model, result))
    left = model.task_count - _MOST
    more = f"<p>and {left:,} more tasks</p>" if left > 0 else ""
    body = "\n".join(_row(model, row) for row in islice(rows, _MOST))
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{_STYLE}</style></head>
<body>
{picture}<pre>{escape(summary(model, result))}</pre>
<table>
<thead><tr><th>task</th><th>start</th><th>end</th><th>duration</th><th>uses</th></tr></thead>
<tbody>
{body}
</tbody>
</table>
{more}</body>
</html>
"""


def _row(model: Model, row: dict[str, Any]) -> str:
    if not row["present"]:
        return f'<tr><td>{escape(clean(row["name"]))}</td><td colspan="4">absent</td></tr>'
    axis = model.axis
    start, end = row["start"], row["end"]
    pauses = sum(hi - lo for lo, hi in row["pieces"]) != end - start
    tip = ' title="' + ", ".join(f"{axis.tick_text(a)} to {axis.tick_text(b)}" for a, b in row["pieces"]) + '"'
    uses = ", ".join(f"{u['amount']} {u['resource']}" for u in row["uses"])
    cells = [
        f"<td>{escape(clean(row['name']))}</td>",
        f"<td>{axis.tick_text(start)}</td>",
        f"<td>{axis.tick_text(end)}</td>",
        f'<td class="n"{tip if pauses else ""}>{axis.span_text(end - start)}{" with pauses" if pauses else ""}</td>',
        f"<td>{escape(clean(uses))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"
