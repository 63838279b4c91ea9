"""What a syntax error means: from a token that does not fit, and what would have, to words that teach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from schedc.dsl.anchors import surely_starts
from schedc.dsl.automaton import Machine
from schedc.dsl.lexing import Tokens
from schedc.dsl.trouble import Case, Trouble
from schedc.dsl.vocabulary import DAYS, Vocabulary
from schedc.models.diagnostics import Fix, Label
from schedc.models.source import Span

MOST_SHOWN = 4
_BEHIND_VALUES = ["where", "then", "else", "implies", "for"]     # words of expressions that may follow a value

# What people write who come from elsewhere
SYNONYMS = {
    "activity": "task", "operation": "task", "var": "let", "const": "let", "set": "let", "def": "let",
    "input": "param", "parameter": "param", "machine": "resource", "pool": "resource", "inventory": "stock",
    "constraint": "require", "constrain": "require", "assert": "require", "subject": "require", "ensure": "require",
    "objective": "minimize", "minimise": "minimize", "min": "minimize", "maximise": "maximize", "max": "maximize",
    "precedence": "order", "import": "include", "outage": "downtime", "shift": "calendar", "disjunctive": "exclusive",
    "duration": "lasts", "takes": "lasts", "last": "lasts", "needs": "uses", "requires": "uses", "use": "uses",
    "before": "deadline", "until": "deadline", "between": "within", "interruptible": "pausable",
    "preemptive": "pausable",
    "preemptable": "pausable", "delay": "after", "lag": "after", "cap": "capacity", "size": "capacity", "if": "where",
    "named": "as", "label": "as", "except": "except", "excluding": "except", "foreach": "for", "forall": "for",
}


def explain(machine: Machine, begin: int, wrong: int) -> Trouble:
    """Why token `wrong` does not fit in the statement that began at token `begin`.

    machine: stands before the wrong token, with nothing reduced in sight of it.
    """
    case = Case(machine, begin, wrong)
    for idea in _IDEAS:
        trouble = idea(case)
        if trouble is not None:
            return trouble
    return _unexpected(case)


# ---- signs ----


def _semicolon(case: Case) -> Trouble | None:
    if not case.is_(";") or not case.statement_over:
        return None
    fix = Fix("remove it", case.span, "")
    return Trouble("E117", "statements do not end in `;`", case.span, fix=fix, skip=True)


def _equals(case: Case) -> Trouble | None:
    tokens, wrong = case.tokens, case.wrong
    if case.is_("=") and case.wants("=="):
        joined = case.behind in (case.words.of["<"], case.words.of[">"]) and case.tokens.touches(wrong + 1)
        if joined:
            return _joined(case)
        return Trouble("E116", "`=` compares nothing", case.span, case.aside(), Fix("write `==`", case.span, "=="))
    if case.is_("==") and case.wants("="):
        return Trouble("E116", "`==` defines nothing", case.span, case.aside(), Fix("write `=`", case.span, "="))
    if case.is_(">") and case.before == case.words.of["<"] and case.tokens.touches(wrong):
        span = tokens.span(wrong - 1, wrong)
        return Trouble("E116", "`<>` is no comparison", span, case.aside(), Fix("write `!=`", span, "!="))
    if case.is_("-") and case.behind == case.words.of[">"] and case.wants("->"):
        span = tokens.span(wrong, wrong + 1)
        return Trouble("E116", "`- >` is no arrow", span, case.aside(), Fix("write `->`", span, "->"))
    return None


def _joined(case: Case) -> Trouble:
    sign = case.tokens.texts[case.wrong + 1]
    span = case.tokens.span(case.wrong, case.wrong + 1)
    both = "write `>=` for a comparison or `implies` between conditions"
    advice = Fix("write `<=`", span, "<=") if sign == "<" else both
    return Trouble("E116", f"`={sign}` is no comparison", span, case.aside(), advice)


def _chained(case: Case) -> Trouble | None:
    """`a <= b <= c`."""
    comparisons = {case.words.of[op] for op in ("==", "!=", "<=", ">=", "<", ">")}
    if case.kind not in comparisons or case.kind in case.expected or case.words.of["and"] not in case.expected:
        return None
    first = next((i for i in range(case.wrong - 1, case.begin, -1) if case.tokens.kinds[i] in comparisons), None)
    if first is None:
        return None
    other = Label(case.tokens.span(first), "the first comparison")
    advice = "write both, as in `a <= b and b <= c`"
    return Trouble("E116", "comparisons do not chain", case.span, (other,), advice, past=1)


def _comment(case: Case) -> Trouble | None:
    slashes = case.is_("/") and case.behind == case.words.of["/"] and case.tokens.touches(case.wrong + 1)
    if not slashes and not (case.is_("/") and case.before == case.words.of["/"] and case.tokens.touches(case.wrong)):
        return None
    first = case.wrong if slashes else case.wrong - 1
    span = case.tokens.span(first, first + 1)
    return Trouble("E118", "`//` begins no comment", span, fix=Fix("write `#`", span, "#"))


def _clock(case: Case) -> Trouble | None:
    """`8:00`, and `2026-01-05T08:00`."""
    tokens, wrong, words = case.tokens, case.wrong, case.words
    if case.before == words.number and case.is_(":") and case.tokens.touches(wrong) and case.tokens.touches(wrong + 1):
        hours, rest = tokens.texts[wrong - 1], tokens.texts[wrong + 1]
        if len(hours) == 1 and case.behind == words.number:
            span = tokens.span(wrong - 1, wrong + 1)
            fix = Fix(f"write `0{hours}:{rest}`", span, f"0{hours}:{rest}")
            return Trouble("E121", "a time of day needs two digits for the hour", span, case.aside(), fix)
    if case.before == words.instant and case.text[:1] in "Tt" and case.tokens.touches(wrong):
        letter = case.span._replace(end_column=case.span.column + 1)
        fix = Fix("put a blank for the `T`", letter, " ")
        return Trouble("E121", "date and time are divided by a blank", case.span, case.aside(), fix)
    return None


def _fraction(case: Case) -> Trouble | None:
    """`.5`."""
    if not case.is_(".") or case.behind != case.words.number or not case.tokens.touches(case.wrong + 1):
        return None
    span, text = case.tokens.span(case.wrong, case.wrong + 1), f"0.{case.tokens.texts[case.wrong + 1]}"
    fix = Fix(f"write `{text}`", span, text)
    return Trouble("E122", f"`{text[1:]}` is no number", span, case.aside(), fix)


def _comma(case: Case) -> Trouble | None:
    """Two things side by side where a comma may stand."""
    words, wrong = case.words, case.wrong
    comma = words.of[","]
    if case.is_(":") and case.before == words.name and comma in case.expected and wrong >= 2:
        return _no_comma(case, wrong - 1)
    ahead = (comma, case.kind) if case.behind in (words.end, comma) else (comma, case.kind, case.behind)
    begins = case.kind in words.keywords | words.literals
    if comma not in case.expected or not begins or not case.shift(*ahead):
        return None
    if case.kind in words.starters and surely_starts(case.tokens, wrong):
        return None
    return _no_comma(case, wrong)


def _no_comma(case: Case, i: int) -> Trouble:
    tokens = case.tokens
    message = f"expected `,` between `{tokens.texts[i - 1]}` and `{tokens.texts[i]}`"
    fix = Fix("put a `,` between them", _gap(tokens, i), ",")
    return Trouble("E115", message, tokens.span(i), case.aside(), fix, past=1)


def _missing(case: Case) -> Trouble | None:
    """One word or sign that would make it right."""
    words, wrong = case.words, case.wrong
    if case.kind == words.end or not wrong or case.kind in words.starters:
        return None
    able = [k for k in case.expected - words.literals - words.starters if case.shift(k, case.kind, case.behind)]
    if len(able) != 1:
        return None
    tokens, sign, gap = case.tokens, words.spell(able[0]), _gap(case.tokens, wrong)
    message = f"expected {sign} between `{tokens.texts[wrong - 1]}` and `{case.text}`"
    fix = Fix(f"put {sign} between them", gap, f" {sign.strip('`')}")
    return Trouble("E110", message, case.span, case.aside(), fix, past=1)


def _unit(case: Case) -> Trouble | None:
    """`3 h 30`, and `crane 1 lift 2` with a comma forgotten."""
    words, tokens, wrong = case.words, case.tokens, case.wrong
    if case.before != words.number or case.expected != {words.name} or wrong < case.begin + 3:
        return None
    clause = _read_as_unit(case, wrong - 2)
    if clause is not None:
        return clause
    number, unit = tokens.texts[wrong - 1], tokens.texts[wrong - 2]
    note = f"`{unit}` was read as a unit; if it is a name, a `,` is missing before it"
    at = tokens.span(wrong - 1)
    return Trouble("E123", f"`{number}` has no unit", at, case.aside(at), "write its unit", note)


def _misspelt(case: Case) -> Trouble | None:
    """`in 1 .. 4 were i < j`."""
    return _read_as_unit(case, case.wrong - 1)


def _read_as_unit(case: Case, i: int) -> Trouble | None:
    """Token i, if it is a misspelt word behind a number, which was read as that number's unit."""
    words, tokens = case.words, case.tokens
    if i < case.begin + 2 or tokens.kinds[i - 1 : i + 1] != [words.number, words.name]:
        return None
    meant = get_close_matches(tokens.texts[i].lower(), _spelt(words, words.clauses) + _BEHIND_VALUES, n=1, cutoff=0.75)
    if not meant or len(tokens.texts[i]) < 3:
        return None
    span = tokens.span(i)
    message = f"`{tokens.texts[i]}` is no word of the language, and no unit"
    fix = Fix(f"did you mean `{meant[0]}`", span, meant[0])
    return Trouble("E114", message, span, case.aside(span), fix, past=1)


def _gap(tokens: Tokens, i: int) -> Span:
    """The place behind the token before token i."""
    before = tokens.span(i - 1)
    return Span(before.file, before.end_line, before.end_column, before.end_line, before.end_column)


# ---- words ----


def _day(case: Case) -> Trouble | None:
    """`Mn..Fri`."""
    words, tokens, i = case.words, case.tokens, case.wrong - 2
    if case.kind not in words.days or i < case.begin or tokens.kinds[i : i + 2] != [words.name, words.of[".."]]:
        return None
    meant = get_close_matches(tokens.texts[i], DAYS, n=1, cutoff=0.5)
    span = tokens.span(i)
    fix = Fix(f"did you mean `{meant[0]}`", span, meant[0]) if meant else "days are " + ", ".join(DAYS)
    return Trouble("E114", f"`{tokens.texts[i]}` is no day", span, case.aside(), fix)


def _misplaced(case: Case) -> Trouble | None:
    """A clause where a statement must begin."""
    if case.wrong != case.begin or case.kind not in case.words.keywords:
        return None
    return Trouble("E113", f"`{case.text}` begins a clause, not a statement", case.span, past=1)


def _foreign(case: Case) -> Trouble | None:
    """A clause of other statements: `param n = 3 deadline 9`."""
    words = case.words
    if not case.statement_over or case.kind not in words.clauses or case.kind in case.expected:
        return None
    its = _spelt(words, case.expected & words.clauses)
    note = ("what may follow here: " + ", ".join(f"`{word}`" for word in its)) if its else None
    message = f"`{case.text}` is no clause of `{case.tokens.texts[case.begin]}`"
    return Trouble("E110", message, case.span, case.aside(), note=note, past=1)


def _taken(case: Case) -> Trouble | None:
    """A statement's first word that was read as a column or attribute, because the statement before is not over."""
    tokens, i = case.tokens, case.wrong - 1
    if i <= case.begin or not tokens.leads_line(i) or case.kind not in case.words.heads.get(tokens.kinds[i], ()):
        return None
    at = tokens.span(i - 1)
    message = f"expected a word after `{tokens.texts[i - 1]}`, but `{tokens.texts[i]}` begins the next statement"
    return Trouble("E111", message, at, case.aside(at), boundary=i)


def _swallowed(case: Case) -> Trouble | None:
    """A misspelt first word that was read as a unit or an amount at the end of the statement before."""
    tokens, i = case.tokens, case.wrong - 1
    if i <= case.begin or case.before != case.words.name or not tokens.leads_line(i):
        return None
    meant = _closest(tokens.texts[i], _spelt(case.words, case.words.starters))
    if meant is None or case.kind not in (case.words.heads[case.words.of[meant]] or {case.kind}):
        return None
    return _no_statement(case, i, meant)


def _unknown(case: Case) -> Trouble | None:
    """A name where only words of the language can stand."""
    if case.kind != case.words.name or case.words.name in case.expected:
        return None
    wanted = case.expected & case.words.keywords
    fresh = case.statement_over and (case.tokens.leads_line(case.wrong) or case.wrong == case.begin)
    clauses = _spelt(case.words, wanted - case.words.starters)
    starters = _spelt(case.words, wanted & case.words.starters)
    meant = _closest(case.text, starters + clauses if fresh else clauses + starters)
    if meant is not None and meant in clauses:
        message = f"`{case.text}` is no clause here" if case.statement_over else f"`{case.text}` is not expected here"
        fix = Fix(f"did you mean `{meant}`", case.span, meant)
        return Trouble("E114", message, case.span, case.aside(), fix, past=1)
    return _no_statement(case, case.wrong, meant) if fresh or meant else None


def _no_statement(case: Case, i: int, meant: str | None) -> Trouble:
    tokens, span = case.tokens, case.tokens.span(i)
    fix = Fix(f"did you mean `{meant}`", span, meant) if meant else None
    note = None if meant else "statements begin with a word of the language, such as `task`, `resource` or `require`"
    outside = i > case.begin and tokens.leads_line(i) and tokens.columns[i] <= tokens.columns[case.begin]
    boundary = i if outside or i == case.begin else 0
    return Trouble("E113", f"`{tokens.texts[i]}` begins no statement", span, (), fix, note, boundary=boundary, past=1)


def _reserved(case: Case) -> Trouble | None:
    """A word of the language where a name must stand."""
    words, wrong = case.words, case.wrong
    if case.kind not in words.keywords or words.name not in case.expected:
        return None
    if case.tokens.leads_line(wrong) and surely_starts(case.tokens, wrong):
        return None
    if not case.shift(words.name, case.behind):
        return None
    message = f"`{case.text}` is a word of the language, not a name"
    fix = Fix(f"write it in backticks: `` `{case.text}` ``, or choose another name", case.span, f"`{case.text}`")
    return Trouble("E112", message, case.span, case.aside(), fix, past=1)


def _closest(text: str, among: Sequence[str]) -> str | None:
    """The word of the language that was meant, if one is near."""
    low = text.strip("`").lower()
    for word in among:
        if word.lower() == low:
            return word
    meant = SYNONYMS.get(low)
    if meant in among:
        return meant
    near = get_close_matches(low, among, n=1, cutoff=0.7)
    return near[0] if near else None


def _spelt(words: Vocabulary, kinds: Iterable[int]) -> list[str]:
    return sorted(words.spell(kind).strip("`") for kind in kinds)


# ---- anything else ----


def _unexpected(case: Case) -> Trouble:
    after = f" after `{case.tokens.texts[case.wrong - 1]}`" if case.wrong > case.begin else ""
    wanted = _wanted(case)
    past = int(not surely_starts(case.tokens, case.wrong))
    if case.kind == case.words.end or surely_starts(case.tokens, case.wrong):
        found = "the text ends" if case.kind == case.words.end else f"`{case.text}` begins the next statement"
        at = case.tokens.span(case.wrong - 1) if case.wrong else case.span
        message = f"expected {wanted}{after}, but {found}"
        return Trouble("E111", message, at, case.aside(at), past=past)
    message = f"expected {wanted}{after}, found `{case.text}`" if wanted else f"`{case.text}` is not expected{after}"
    return Trouble("E110", message, case.span, case.aside(), past=past)


def _wanted(case: Case) -> str:
    """What could have come, in few words."""
    words, expected = case.words, case.expected
    if case.wrong == case.begin and words.starters <= expected:
        return "a statement"
    if words.of["Mon"] in expected and words.of["task"] not in expected:
        return "a span of time, such as `08:00..12:00`"
    if case.statement_over or case.before in words.values:
        return _listed(case)
    if words.number in expected and words.name in expected:
        return "a cell" if words.of["task"] in expected else "a value"
    return _named(case) if words.name in expected else _listed(case)


def _named(case: Case) -> str:
    words, expected = case.words, case.expected
    if words.string in expected:
        return "a name or a text in quotes"
    if words.of["task"] in expected:
        return "a word"
    return "a name"


def _listed(case: Case) -> str:
    """The signs and clauses that could go on, without operators, which hardly anybody forgot."""
    words = case.words
    operators = {words.of[t] for t in ("+", "-", "*", "/", "<", ">", "==", "!=", "<=", ">=", ".", "[", "(")}
    plain = case.expected - words.starters - words.literals - {words.end}
    rest = plain - operators or plain
    signs = [words.spell(k) for k in sorted(rest - words.keywords, key=words.spell)]
    spelt = [words.spell(k) for k in sorted(rest & words.keywords, key=words.spell)]
    if case.statement_over and len(spelt) > MOST_SHOWN:
        head = case.tokens.texts[case.begin]
        return f"a clause of `{head}` or the next statement"
    if len(spelt) > MOST_SHOWN:
        spelt = [*spelt[: MOST_SHOWN - 1], "another clause"]
    if case.statement_over:
        spelt.append("the next statement")
    return _either([*signs, *spelt])


def _either(parts: Sequence[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


_IDEAS: tuple[Callable[[Case], Trouble | None], ...] = (
    _semicolon, _equals, _chained, _comment, _clock, _fraction, _unit, _day, _misplaced, _foreign, _taken, _swallowed,
    _reserved, _unknown, _misspelt, _comma, _missing,
)
