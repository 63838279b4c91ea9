"""Small models as text."""

from __future__ import annotations

import random

WORKSHOP = """\
model "Workshop"
time 15 min from 2026-01-05 08:00 zone "Europe/Paris" for 3 d
param people = 2
table jobs key id { id: text, prep: duration, mill: duration }
  rows { bracket, 1 h, 2 h;  flange, 30 min, 3 h }
calendar day Mon..Fri 08:00..12:00, Mon..Fri 13:00..17:00
resource crew capacity people
resource mill
open crew, mill during day
task prepare[j in jobs] lasts j.prep uses crew
task cut[j in jobs] lasts j.mill uses mill, crew pausable
order prepare[j] -> cut[j] for j in jobs
minimize makespan
"""
IMPOSSIBLE = """\
model "Too much"
resource saw capacity 2
time for 5
task a[i in 1 .. 3] lasts 3 uses saw
"""
WRONG = "resource saw\ntask a lasts 3 uses sow\ntask b lasts q\n"


def hard() -> str:
    """A job shop of 20 jobs on 15 machines: a schedule at once, a proof not in minutes."""
    chance = random.Random(4)
    lines = ['model "Hard"', "time for 5000", "resource m[i in 1 .. 15]"]
    for job in range(1, 21):
        route = chance.sample(range(1, 16), 15)
        names = [f"op{job}_{machine}" for machine in route]
        lines += [f"task {n} lasts {chance.randint(1, 99)} uses m[{i}]" for n, i in zip(names, route)]
        lines.append(f"order {' -> '.join(names)}")
    return "\n".join([*lines, "minimize makespan", ""])
