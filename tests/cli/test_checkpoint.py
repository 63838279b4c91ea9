"""`schedc solve --checkpoint` and `--resume`, run as a user runs them."""

from __future__ import annotations

import json
import time

from cli_runs import Shell
from small_models import hard


def test_a_killed_run_is_gone_on_with(schedc: Shell) -> None:
    (schedc.folder / "hard.sched").write_text(hard())
    kept = schedc.folder / "run.ck"
    run = schedc.start("solve", "hard.sched", "--solver", "cpsat", "--time", "100s", "--checkpoint", "run.ck")
    while not kept.exists() and run.poll() is None:
        time.sleep(0.05)
    run.kill()
    run.communicate()
    done = schedc(
        "solve", "hard.sched", "--solver", "cpsat", "--time", "1s", "--resume", "run.ck", "--events", "e.jsonl",
        "--gantt", "none",
    )
    assert done.returncode == 0
    events = [json.loads(line) for line in (schedc.folder / "e.jsonl").read_text().splitlines()]
    assert next(e["source"] for e in events if e["event"] == "incumbent") == "checkpoint"


def test_a_checkpoint_of_something_else_is_refused(schedc: Shell) -> None:
    (schedc.folder / "torn.ck").write_bytes(b"PK\x03\x04 and no more")
    for name, text in (("torn.ck", "no checkpoint"), ("none.ck", "cannot read none.ck")):
        done = schedc("solve", "workshop.sched", "--resume", name)
        assert done.returncode == 1 and text in done.stderr
    done = schedc("solve", "workshop.sched", "--checkpoint", "no/folder/run.ck")
    assert done.returncode == 2 and "there is no folder" in done.stderr
