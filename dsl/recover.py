"""Reading on after a syntax error: the broken statement is dropped, everything around it survives.

The automaton's stack always tells where the statement being read began. After an error the stack is cut back to
there, and reading goes on at the next word that begins a statement on the same level of brackets. Nothing is read
twice but the broken statement itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schedc.dsl import tree
from schedc.dsl.anchors import starts_here
from schedc.dsl.automaton import DEEPEST, DepthError, Machine
from schedc.dsl.lexing import Tokens
from schedc.dsl.reporting import Reporter
from schedc.dsl.vocabulary import vocabulary


def read_statements(tokens: Tokens, suspects: Sequence[int], report: Reporter) -> list[tree.Statement]:
    """All statements that can be read.

    suspects: the tokens where something has been reported already, ascending; a statement that holds one of them
    fails in silence.
    """
    return _Reader(tokens, suspects, report).run()


class _Reader:
    def __init__(self, tokens: Tokens, suspects: Sequence[int], report: Reporter) -> None:
        self.tokens, self.suspects, self.report = tokens, suspects, report
        self.machine = Machine(tokens)
        self.words = vocabulary()
        self._levels: list[int] | None = None

    def run(self) -> list[tree.Statement]:
        at = 0
        while not self.report.full:
            try:
                wrong = self.machine.run(at)
            except DepthError as error:
                at = self._too_deep(error)
                continue
            if wrong is None:
                return list(self.machine.stack.values[0])
            if wrong == at == len(self.tokens.kinds) - 1:
                break
            at = self._mend(wrong)
        return self._so_far()

    def _so_far(self) -> list[tree.Statement]:
        """What was read before there was no going on."""
        self.machine.stack.cut(1)
        values = self.machine.stack.values
        return list(values[0]) if values and isinstance(values[0], list) else []

    def _too_deep(self, error: DepthError) -> int:
        height, begin = self._broken(error.last)
        if not self._suspected(begin, error.last):
            span = self.tokens.span(error.first, error.last)
            self.report.error("E108", f"this is nested more than {DEEPEST} levels deep", span)
        self.machine.stack.cut(height)
        return self._next(begin, error.last + 1)

    def _mend(self, wrong: int) -> int:
        """Say what is wrong at a token and find the token to go on from."""
        from schedc.dsl.explain import explain  # a text without errors does not pay for it

        height, begin = self._broken(wrong)
        self._replay(height, begin, wrong)
        trouble = explain(self.machine, begin, wrong)
        if not self._suspected(begin, wrong):
            trouble.tell(self.report)
        if trouble.skip:
            self._replay(height, begin, wrong)
            return wrong + 1
        never = wrong if trouble.past else -1
        boundary = trouble.boundary or self._outdented(begin, wrong)
        if boundary > begin and self._complete(height, begin, boundary):
            return self._next(boundary, boundary, never)
        self.machine.stack.cut(height)
        return self._next(begin, max(trouble.boundary or wrong, begin + 1), never)

    def _outdented(self, begin: int, wrong: int) -> int:
        """The first token of the wrong token's line if that line begins no further in than the statement, else 0."""
        first = wrong
        while not self.tokens.leads_line(first):
            first -= 1
        return first if self.tokens.columns[first] <= self.tokens.columns[begin] else 0

    def _broken(self, wrong: int) -> tuple[int, int]:
        """How many symbols of the stack are before the statement being read, and its first token."""
        stack, states = self.machine.stack, self.machine.grammar.states
        task = self.words.of["task"]
        for height in range(self._open_height(), -1, -1):
            if states[stack.states[height]].get(task) == self.machine.task_state:
                return height, stack.firsts[height] if height < len(stack.values) else wrong
        return 0, wrong

    def _open_height(self) -> int:
        """The height of the stack, or where a block began that its newest symbol closes."""
        values, kinds, of = self.machine.stack.values, self.tokens.kinds, self.words.of
        tokens = [i for i, v in enumerate(values) if v.__class__ is int and v == self.machine.stack.firsts[i]]
        if not tokens or tokens[-1] != len(values) - 1 or kinds[values[-1]] != of["}"]:
            return len(values)
        return next((i for i in reversed(tokens) if kinds[values[i]] == of["{"]), len(values))

    def _replay(self, height: int, begin: int, end: int) -> None:
        """Read the broken statement again up to token `end` but without a look at it.

        What is reduced in sight of a wrong token hides what could have followed.
        """
        self.machine.stack.cut(height)
        kinds = self.tokens.kinds
        kinds[end], kept = self.words.never, kinds[end]
        try:
            self.machine.run(begin)
        finally:
            kinds[end] = kept

    def _complete(self, height: int, begin: int, end: int) -> bool:
        """Whether the statement is whole if it ends before token `end`; if so, it is kept."""
        self._replay(height, begin, end)
        machine, kinds = self.machine, self.tokens.kinds
        if end + 1 >= len(kinds):
            return False
        kept = kinds[end : end + 2]
        kinds[end : end + 2] = [self.words.of["task"], self.words.never]
        try:
            # as a statement's first word, that is, and not as the name of a column
            whole = machine.run(end) == end + 1 and machine.stack.states[-1] == machine.task_state
        except DepthError:
            whole = False
        finally:
            kinds[end : end + 2] = kept
        if whole:
            machine.stack.cut(len(machine.stack.values) - 1)
        return whole

    def _suspected(self, begin: int, end: int) -> bool:
        return bisect_left(self.suspects, begin) < bisect_right(self.suspects, end)

    def _next(self, begin: int, at: int, never: int = -1) -> int:
        """The first token from `at` on where reading can go on, on the level of brackets of token `begin`.

        never: a token that does not begin a statement even if it looks like it.
        """
        levels = self._bracket_levels()
        level, last = levels[begin], len(levels) - 1
        while at < last and levels[at] >= level:
            if at != never and levels[at] == level and starts_here(self.tokens, at):
                break
            at += 1
        return min(at, last)

    def _bracket_levels(self) -> list[int]:
        """Per token, how many brackets are open around it; a closing bracket counts as outside."""
        if self._levels is None:
            closers = self.words.closers
            closing = frozenset(closers.values())
            level, levels = 0, []
            for kind in self.tokens.kinds:
                level -= kind in closing
                levels.append(level)
                level += kind in closers
            self._levels = levels
        return self._levels
