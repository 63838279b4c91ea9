"""The LALR(1) automaton at work: shift and reduce over token columns, shaping the syntax tree on the way.

No intermediate parse tree is built. Chains of rules that only pass a symbol on (`expr` to `term` to `factor` …) are
followed once and then remembered by (state below, state, next token), which is most of the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cache
from typing import Any

from schedc.dsl.grammar import NONE, Grammar, Rule, load_grammar
from schedc.dsl.lexing import Tokens
from schedc.dsl.shape import Shaper
from schedc.dsl.shape_expressions import Chain
from schedc.models.records import dataclass

DEEPEST = 100

Make = Callable[[list[Any], int, int], Any]


class DepthError(Exception):
    """An expression is nested too deeply; `first` and `last` are the tokens of the part that went too far."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        super().__init__("nested too deeply")


@dataclass(frozen=True, slots=True)
class Step:
    """A rule made ready. take: None where every symbol becomes a child as it is."""

    rule: Rule
    size: int
    origin: int
    take: tuple[int, ...] | None
    unit: bool
    deepens: bool


@cache
def steps() -> tuple[Step, ...]:
    """The rules of the language made ready."""
    return tuple(_step(rule) for rule in load_grammar().rules)


def _step(rule: Rule) -> Step:
    whole = rule.take == tuple(range(rule.size))
    return Step(rule, rule.size, rule.origin, None if whole else rule.take, rule.unit, rule.shape in Shaper.DEEPENING)


@dataclass(slots=True)
class Stack:
    """What has been read so far: automaton states, and per symbol its value, first token and depth of nesting."""

    states: list[int]
    values: list[Any] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)

    def cut(self, symbols: int) -> None:
        """Keep the oldest `symbols` symbols."""
        del self.states[symbols + 1 :], self.values[symbols:], self.firsts[symbols:], self.depths[symbols:]


class Machine:
    """One run over one text. `stack` may be cut and the run resumed elsewhere: that is all that recovery needs."""

    def __init__(self, tokens: Tokens, shaper: Shaper | None = None) -> None:
        self.grammar: Grammar = load_grammar()
        self.tokens = tokens
        self.stack = Stack([self.grammar.start])
        # the word `task` as a statement's beginning leads here and nowhere else, wherever statements may stand
        self.task_state = self.grammar.states[self.grammar.start][self.grammar.terminal("TASK")]
        self._steps = steps()
        self._short: dict[tuple[int, int, int], int] = {}
        shaper = shaper or Shaper(tokens)
        made: dict[str, Make | None] = {"": None}
        for rule in self.grammar.rules:
            if rule.shape not in made:
                made[rule.shape] = shaper.maker(rule.shape)
        self._make: Sequence[Make | None] = [made[rule.shape] for rule in self.grammar.rules]

    def run(self, i: int) -> int | None:
        """Read from token i to the end. Returns None when the text is complete, else the token that does not fit.

        Raises DepthError.
        """
        table, kinds = self.grammar.states, self.tokens.kinds
        stack = self.stack
        states, values, firsts, depths = stack.states, stack.values, stack.firsts, stack.depths
        steps, make, accept = self._steps, self._make, self.grammar.accept
        state = states[-1]
        kind = kinds[i]
        while True:
            action = table[state].get(kind)
            if action is None:
                return i
            if action >= 0:
                states.append(action)
                values.append(i)
                firsts.append(i)
                depths.append(0)
                state = action
                i += 1
                kind = kinds[i]
                continue
            step = steps[-1 - action]
            if step.unit:
                if values[-1].__class__ is Chain:
                    values[-1] = values[-1].close()
                state = self._pass_on(states[-2], state, kind)
                states[-1] = state
            else:
                self._reduce(step, make[-1 - action], i)
                state = table[states[-1]][step.origin]
                states.append(state)
            if state == accept and len(states) == 2 and i == len(kinds) - 1:
                return None

    def after(self, states: Sequence[int], kind: int) -> list[int] | None:
        """The states that token `kind` would lead to from `states`, or None where it does not fit. Changes nothing."""
        table, height, over = self.grammar.states, len(states), [*states[-1:]]
        while True:
            action = table[over[-1]].get(kind)
            if action is None:
                return None
            if action >= 0:
                return [*states[: height - 1], *over, action]
            step = self._steps[-1 - action]
            while len(over) <= step.size and height > 1:
                over.insert(0, states[height - 2])
                height -= 1
            del over[len(over) - step.size :]
            goto = table[over[-1]].get(step.origin)
            if goto is None:
                return None
            over.append(goto)
            if goto == self.grammar.accept and len(over) == 2 and height == 1:
                return [*states[:1], goto]

    def _pass_on(self, below: int, state: int, kind: int) -> int:
        """The state after all the unit rules that apply before `kind`."""
        key = (below, state, kind)
        known = self._short.get(key)
        if known is not None:
            return known
        table = self.grammar.states
        action = table[state].get(kind)
        while action is not None and action < 0 and self._steps[-1 - action].unit:
            state = table[below][self._steps[-1 - action].origin]
            action = table[state].get(kind)
        self._short[key] = state
        return state

    def _reduce(self, step: Step, make: Make | None, i: int) -> None:
        """Replace the newest symbols by what the rule makes of them; token i is the next one."""
        stack, size = self.stack, step.size
        values, firsts, depths = stack.values, stack.firsts, stack.depths
        if size == 0:
            firsts.append(i)
            depths.append(0)
        children = values[len(values) - size :]
        del values[len(values) - size :], stack.states[len(stack.states) - size :]
        if size > 1:
            deepest = max(depths[-size:])
            del firsts[1 - size :], depths[1 - size :]
            depths[-1] = deepest
        if step.deepens and children[0].__class__ is not Chain:
            depths[-1] += 1
            if depths[-1] > DEEPEST:
                raise DepthError(firsts[-1], i - 1)
        if step.take is not None:
            children = _listed(children, step.take)
        values.append(children if make is None else make(children, firsts[-1], i - 1))


def _listed(children: list[Any], take: tuple[int, ...]) -> list[Any]:
    """The children that a rule keeps, the lists of repeated parts spliced in; a list that comes first is reused."""
    out: list[Any] = []
    for position in take:
        if position >= 0:
            out.append(children[position])
        elif position == NONE:
            out.append(None)
        elif out:
            out += children[-2 - position]
        else:
            out = children[-2 - position]
    return out
