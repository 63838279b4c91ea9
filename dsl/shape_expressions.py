"""Expressions: what each of their rules makes, nodes of `tree` from the values of the parts.

Values of tokens are their numbers. A rule's parts come as Lark would give them: fixed words dropped, left-out
optional parts as None, repeated parts spliced in.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

from schedc.dsl import tree
from schedc.dsl.grammar import load_grammar
from schedc.dsl.lexing import Tokens

Values = list[Any]
Make = Callable[[Values, int, int], Any]


class Chain:
    """A chain of one precedence level that may still grow: `a + b - c …`, `a and b and …`."""

    __slots__ = ("_tokens", "begin", "end", "first", "op", "rest")

    def __init__(self, op: str, first: Any, begin: int, tokens: Tokens) -> None:
        self.op, self.first, self.begin, self._tokens = op, first, begin, tokens
        self.rest: list[Any] = []
        self.end = begin

    def close(self) -> Any:
        """The finished node."""
        span = self._tokens.span(self.begin, self.end)
        if self.op:
            return tree.Logic("and" if self.op == "and" else "or", (self.first, *self.rest), span)
        return tree.Arithmetic(self.first, tuple(self.rest), span)


def _closed(value: Any) -> Any:
    return value.close() if value.__class__ is Chain else value


class ExpressionShaper:
    """The tree-making steps for expressions: `do_x(values, first token, last token)` for the rule x."""

    DEEPENING: ClassVar[frozenset[str]] = frozenset(
        ("if_", "implication", "either", "both", "negated", "compared", "member", "add", "sub", "mul", "div", "neg",
         "call", "each", "index", "set_of", "set_each", "mode", "job", "scenario")
    )

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._texts, self._kinds = tokens.texts, tokens.kinds
        self._span = tokens.span
        self._numbers: dict[str, Fraction] = {}
        self._brace = load_grammar().terminal("RBRACE")

    def maker(self, shape: str) -> Make:
        """The step for a rule's name."""
        found: Make | None = getattr(self, f"do_{shape}", None)
        return found if found is not None else self._only

    @staticmethod
    def _only(values: Values, first: int, last: int) -> Any:
        (value,) = values
        return _closed(value)

    # ---- words and numbers ----

    def _word(self, token: int) -> str:
        text = self._texts[token]
        return text[1:-1] if text[0] == "`" else text

    def _name(self, token: int) -> tree.Name:
        return tree.Name(self._word(token), self._span(token))

    def _string(self, token: int) -> tree.Text:
        return tree.Text(self._texts[token][1:-1], False, self._span(token))

    def _number(self, token: int, sign: str = "") -> tree.Number:
        text = sign + self._texts[token]
        value = self._numbers.get(text)
        if value is None:
            value = self._numbers[text] = Fraction(text)
        return tree.Number(value, text, self._span(token))

    def do_number(self, values: Values, first: int, last: int) -> tree.Number:
        return self._number(first)

    def do_measure(self, values: Values, first: int, last: int) -> tuple[tree.Number, str]:
        return self._number(first), self._word(last)

    def do_quantity(self, values: Values, first: int, last: int) -> tree.Quantity:
        per = None
        if values[-1].__class__ is not tuple:
            token = values.pop()
            per = None if token is None else self._word(token)
        return tree.Quantity(tuple(values), per, self._span(first, last))

    def do_negative(self, values: Values, first: int, last: int) -> tree.Number | tree.Quantity:
        span = self._span(first, last)
        if values[0].__class__ is int:
            number = self._number(values[0], "-")
            return tree.Number(number.value, number.text, span)
        parts = ((tree.Number(-n.value, "-" + n.text, n.span), unit) for n, unit in values)
        return tree.Quantity(tuple(parts), None, span)

    def do_instant(self, values: Values, first: int, last: int) -> tree.Instant:
        return tree.Instant(self._texts[first], self._span(first))

    def do_clock(self, values: Values, first: int, last: int) -> tree.Clock:
        return tree.Clock(self._texts[first], self._span(first))

    def do_string(self, values: Values, first: int, last: int) -> tree.Text:
        return self._string(first)

    def do_text(self, values: Values, first: int, last: int) -> tree.Text:
        return tree.Text(self._word(first), True, self._span(first))

    def do_true(self, values: Values, first: int, last: int) -> tree.Flag:
        return tree.Flag(True, self._span(first))

    def do_false(self, values: Values, first: int, last: int) -> tree.Flag:
        return tree.Flag(False, self._span(first))

    def do_all(self, values: Values, first: int, last: int) -> tree.Star:
        return tree.Star(self._span(first))

    # ---- expressions ----

    def _grow(self, op: str, logic: bool, values: Values, first: int, last: int) -> Chain:
        left, right = values[0], _closed(values[1])
        if left.__class__ is not Chain:
            left = Chain(op if logic else "", left, first, self._tokens)
        left.rest.append(right if logic else (op, right))
        left.end = last
        chain: Chain = left
        return chain

    def do_add(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("+", False, values, first, last)

    def do_sub(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("-", False, values, first, last)

    def do_mul(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("*", False, values, first, last)

    def do_div(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("/", False, values, first, last)

    def do_either(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("or", True, values, first, last)

    def do_both(self, values: Values, first: int, last: int) -> Chain:
        return self._grow("and", True, values, first, last)

    def do_implication(self, values: Values, first: int, last: int) -> tree.Implies:
        return tree.Implies(_closed(values[0]), _closed(values[1]), self._span(first, last))

    def do_negated(self, values: Values, first: int, last: int) -> tree.Negation:
        return tree.Negation(_closed(values[0]), self._span(first, last))

    def do_neg(self, values: Values, first: int, last: int) -> tree.Negative:
        return tree.Negative(_closed(values[0]), self._span(first, last))

    def do_comparison(self, values: Values, first: int, last: int) -> str:
        return self._texts[first]

    def do_compared(self, values: Values, first: int, last: int) -> tree.Comparison:
        left, op, right = values
        return tree.Comparison(op, _closed(left), _closed(right), self._span(first, last))

    def do_member(self, values: Values, first: int, last: int) -> tree.In:
        items = tuple(_closed(v) for v in values[1:])
        return tree.In(_closed(values[0]), items, self._kinds[last] == self._brace, self._span(first, last))

    def do_if_(self, values: Values, first: int, last: int) -> tree.If:
        condition, then, otherwise = values
        return tree.If(condition, then, otherwise, self._span(first, last))

    def do_path(self, values: Values, first: int, last: int) -> tree.Step:
        return tree.Step(self._word(values[0]), values[1], self._span(first, last))

    def do_index(self, values: Values, first: int, last: int) -> tuple[Any, ...]:
        return tuple(values)

    def do_ref(self, values: Values, first: int, last: int) -> tree.Ref:
        return tree.Ref(self._word(values[0]), values[1], tuple(values[2:]), self._span(first, last))

    def do_refs(self, values: Values, first: int, last: int) -> tuple[tree.Ref, ...]:
        return tuple(values)

    def do_call(self, values: Values, first: int, last: int) -> tree.Call:
        args: list[Any] = []
        path: list[tree.Step] = []
        each: tree.Each | None = None
        for value in values[1:]:
            if value.__class__ is tree.Step:
                path.append(value)
            elif value.__class__ is tree.Each:
                each = value
            elif value is not None:
                args.append(value)
        return tree.Call(self._word(values[0]), tuple(args), each, tuple(path), self._span(first, last))

    def do_range(self, values: Values, first: int, last: int) -> tree.Range:
        return tree.Range(values[0], values[1], self._span(first, last))

    def do_set_of(self, values: Values, first: int, last: int) -> tree.SetOf:
        return tree.SetOf(tuple(values), self._span(first, last))

    def do_set_each(self, values: Values, first: int, last: int) -> tree.SetEach:
        return tree.SetEach(values[0], values[1], self._span(first, last))

    def do_arc(self, values: Values, first: int, last: int) -> tuple[Any, ...]:
        return tuple(values)

    def do_map(self, values: Values, first: int, last: int) -> tree.Map:
        return tree.Map(tuple(values), self._span(first, last))

    # ---- binders and tails ----

    def do_binder(self, values: Values, first: int, last: int) -> list[tree.Binder]:
        *names, members = values
        return [tree.Binder(self._word(n), members, self._span(n)) for n in names]

    def do_binders(self, values: Values, first: int, last: int) -> tuple[tree.Binder, ...]:
        return tuple(b for group in values for b in group)

    def do_family(self, values: Values, first: int, last: int) -> tree.Each:
        return tree.Each(None, values[0], values[1], self._span(first, last))

    def do_each(self, values: Values, first: int, last: int) -> tree.Each:
        return tree.Each(values[0], values[1], values[2], self._span(first, last))

    def do_share(self, values: Values, first: int, last: int) -> tree.Share:
        span = self._span(first)
        value = self._number(first) if self._texts[first][0].isdigit() else tree.Ref(self._word(first), None, (), span)
        return tree.Share(value, self._span(first, last))

    def do_soft(self, values: Values, first: int, last: int) -> tree.Soft:
        return tree.Soft(values[0], values[1], self._span(first, last))

    def do_label(self, values: Values, first: int, last: int) -> tree.AsLabel:
        token = values[0]
        text = self._texts[token]
        return tree.AsLabel(text[1:-1] if text[0] in '"`' else text, self._span(first, last))
