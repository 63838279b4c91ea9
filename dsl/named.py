"""The tasks and the resources that references name."""

from __future__ import annotations

from schedc.dsl import tree
from schedc.dsl.evaluate import items_of
from schedc.dsl.families import whole_name
from schedc.dsl.faults import Fault, Spoiled, did_you_mean
from schedc.dsl.lookup import find_members
from schedc.dsl.names import parts
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
        raise _part_of_task(world, ref)
    found = find_members(world, world.families[ref.name], items_of(world, ref.index, space), space, ref.span)
    return Ragged(found.parent, found.child + first)


def _part_of_task(world: World, ref: tree.Ref) -> Fault:
    """The error for `t.word` where a task is needed."""
    task, word = world.declared[ref.name], ref.path[0].word
    at = Label(task.name.span, "declared here")
    modes = [p.name.text for p in parts(task) if isinstance(p, tree.ModeClause)]
    if word in modes:
        why = f"`{ref.name}.{word}` is a mode, which has no start, end or length of its own"
        return Fault("E337", why, ref.span, at,
                     fix=f"speak of the task where that is its mode: `require present({ref.name}.{word}) implies …`")
    return Fault("E262", f"`{ref.name}.{word}` is no task", ref.span, at)


def resource_named(world: World, ref: tree.Ref, resources: dict[str, ResourceDraft]) -> ResourceDraft:
    """The resource family of a reference; Fault if the name is none, Spoiled if its own statement is wrong."""
    world.used.add(ref.name)
    draft = resources.get(ref.name)
    if draft is not None:
        if ref.path:
            raise Fault("E262", f"`{ref.name}.{ref.path[0].word}` is no resource", ref.span,
                        fix=f"did you mean `{ref.name}`")
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
