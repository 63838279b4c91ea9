"""placeholder"""
from schedc.dsl import tree
from schedc.dsl.world import World
from schedc.dsl.faults import later
from schedc.models.expressions import Makespan
from schedc.models.statements import Require, Stage
from schedc.models.source import Origin
def require(world: World, s: tree.Require, firsts: dict[str, int]) -> list[Require]:
    raise later("`require`", s.span)
def objective(world: World, s: tree.Objective, firsts: dict[str, int]) -> tuple[Stage, ...]:
    return tuple(Stage(Origin(g.span, "goal"), "makespan", g.direction, Makespan()) for g in s.goals)
