"""Which jobs there are, and what is inside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from schedc.dsl import tree
from schedc.models.records import dataclass


@dataclass
class Part:
    """A task or job inside jobs. name: its whole name; owner: the job around it; widths: binders of each level."""

    name: str
    owner: str
    local: str
    widths: tuple[int, ...]


@dataclass
class Groups:
    """All jobs of a file: their statements without bodies, by whole names, and the tasks and jobs inside."""

    jobs: dict[str, tree.Job] = field(default_factory=dict)
    inside: dict[str, Part] = field(default_factory=dict)

    def around(self, name: str) -> list[str]:
        """The jobs around a task or job, from the nearest out."""
        found: list[str] = []
        while name in self.inside:
            name = self.inside[name].owner
            found.append(name)
        return found

    def path(self, name: str) -> tuple[str, ...]:
        """The names of a task or job inside jobs, from the outermost job in."""
        if name not in self.inside:
            return (name,)
        part = self.inside[name]
        return (*self.path(part.owner), part.local)

    def tasks_of(self, job: str, tasks: Iterable[str]) -> list[str]:
        """Those tasks that are inside a job, however deep."""
        return [t for t in tasks if job in self.around(t)]
