"""The tasks and the resources that references name."""

from __future__ import annotations

from schedc.dsl import tree
from schedc.dsl.evaluate import items_of
from schedc.dsl.families import whole_name
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, later
from schedc.dsl.lookup import find_members
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.space import Ragged, Space
from schedc.dsl.world import World
from schedc.models.diagnostics import Label


def tasks_of(world: World, ref: tree.Ref, space: Space) -> Ragged:
    """The global numbers of the tasks that a reference names in each instance."""
    world.used.add(ref.name)
    first = world.task_first.get(ref.name)
    if first is None:
        raise other_kind(world, ref, tree.Task, "task")
    if ref.path:
        raise Fault("E190", f"`{ref.name}.{ref.path[0].word}` is not implemented yet", ref.span)
    found = find_members(world, world.families[ref.name], items_of(world, ref.index, space), space, ref.span)
    return Ragged(found.parent, found.child + first)


def resource_named(world: World, ref: tree.Ref, resources: dict[str, ResourceDraft]) -> ResourceDraft:
    """The resource family of a reference; Fault if the name is none, Spoiled if its own statement is wrong."""
    world.used.add(ref.name)
    draft = resources.get(ref.name)
    if draft is not None:
        if ref.path:
            raise later(f"`{ref.name}.{ref.path[0].word}`", ref.span)
        return draft
    raise other_kind(world, ref, tree.Resource, "resource")


def other_kind(world: World, ref: tree.Ref, wanted: type | tuple[type, ...], word: str) -> Fault | Spoiled:
    """The error for a name that is no task, resource …; Spoiled if it is one whose statement is wrong."""
    declared = world.declared.get(ref.name)
    if isinstance(declared, wanted) or ref.name in world.refused:
        return Spoiled()
    names = [n for n, s in world.declared.items() if isinstance(s, wanted)]
    if declared is not None:
        return Fault("E262", f"`{ref.name}` is no {word}", ref.span, Label(declared.name.span, "declared here"))
    fix = did_you_mean(ref.name, names, whole_name(ref))
    return Fault("E154", f"there is no {word} `{ref.name}`", ref.span, fix=fix)
