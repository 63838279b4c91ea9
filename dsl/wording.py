"""Expressions back to text, on one line: for the names of goals."""

from __future__ import annotations

from schedc.dsl import tree


def words(expr: tree.Expr | tree.Star) -> str:
    """An expression as its author might write it, with the brackets that it needs."""
    match expr:
        case tree.Number() | tree.Instant() | tree.Clock():
            return expr.text
        case tree.Quantity():
            return " ".join(f"{n.text} {u}" for n, u in expr.parts) + (f"/{expr.per}" if expr.per else "")
        case tree.Text():
            return f'"{expr.value}"'
        case tree.Flag():
            return "true" if expr.value else "false"
        case tree.Star():
            return "*"
        case tree.Ref():
            return expr.name + _index(expr.index) + _path(expr.path)
        case tree.Call():
            inside = ", ".join(words(a) for a in expr.args) + (f" {_each(expr.each)}" if expr.each else "")
            return f"{expr.name}({inside})" + _path(expr.path)
        case tree.Negative():
            return "-" + _tight(expr.operand)
        case tree.Arithmetic():
            return words_of_chain(expr)
        case _:
            return _logic(expr)


def words_of_chain(expr: tree.Arithmetic) -> str:
    """Sums and products, with brackets around looser operands."""
    show = _tight if expr.rest[0][0] in "*/" else _factor
    return show(expr.first) + "".join(f" {op} {show(operand)}" for op, operand in expr.rest)


def _tight(expr: tree.Expr) -> str:
    loose = (tree.Arithmetic, tree.Comparison, tree.In, tree.Logic, tree.Negation, tree.Implies, tree.If)
    return f"({words(expr)})" if isinstance(expr, loose) else words(expr)


def _factor(expr: tree.Expr) -> str:
    if isinstance(expr, tree.Arithmetic) and expr.rest[0][0] in "*/":
        return words(expr)
    return _tight(expr)


def _logic(expr: tree.Expr) -> str:
    match expr:
        case tree.Comparison():
            return f"{_factor(expr.left)} {expr.op} {_factor(expr.right)}"
        case tree.In():
            items = ", ".join(words(i) for i in expr.items)
            return f"{_factor(expr.left)} in " + (f"{{{items}}}" if expr.braces else items)
        case tree.Logic():
            return f" {expr.op} ".join(_tight(o) for o in expr.operands)
        case tree.Negation():
            return f"not {_tight(expr.operand)}"
        case tree.Implies():
            return f"{_tight(expr.left)} implies {_tight(expr.right)}"
        case tree.If():
            return f"if {words(expr.condition)} then {words(expr.then)} else {words(expr.otherwise)}"
        case _:
            raise AssertionError(type(expr))


def _index(index: tuple[tree.Expr | tree.Star, ...] | None) -> str:
    return "" if index is None else f"[{', '.join(words(i) for i in index)}]"


def _path(path: tuple[tree.Step, ...]) -> str:
    return "".join(f".{s.word}{_index(s.index)}" for s in path)


def _each(each: tree.Each) -> str:
    binders = ", ".join(f"{b.name} in {_set(b.values)}" for b in each.binders)
    return f"for {binders}" + (f" where {words(each.where)}" if each.where is not None else "")


def _set(values: tree.SetExpr) -> str:
    match values:
        case tree.Range():
            return words(values.lo) + (f" .. {words(values.hi)}" if values.hi is not None else "")
        case tree.SetOf():
            return "{" + ", ".join(words(i) for i in values.items) + "}"
        case tree.SetEach():
            return "{" + f"{words(values.item)} {_each(values.each)}" + "}"
