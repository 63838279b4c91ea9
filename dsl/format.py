"""`schedc fmt`: the canonical layout of a text."""

from __future__ import annotations

from schedc.dsl.layout import FURTHER, STEP, Layout
from schedc.dsl.lexing import Tokens, lex
from schedc.dsl.outline import outline
from schedc.dsl.parse import parse
from schedc.dsl.tree import Comment
from schedc.dsl.vocabulary import vocabulary
from schedc.models.diagnostics import Findings


def format_text(text: str, file: str, findings: Findings) -> str | None:
    """The same tokens and comments in canonical layout; None and findings where the text has syntax errors.

    Laying out twice changes nothing. Ends in one line end, unless there is nothing at all.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = Findings()
    parse(text, file, found)
    findings.items += found.items
    if found.failed:
        return None
    whole = outline(text, file)
    out = _Printer(whole.tokens, whole.gaps, Layout(whole)).print()
    return out if _same(whole.tokens, lex(out, file)) else text


def _same(before: Tokens, after: Tokens) -> bool:
    """Whether nothing but white space was changed."""
    comments = [c.text for c in before.comments] == [c.text for c in after.comments]
    return comments and before.kinds == after.kinds and before.texts == after.texts


class _Printer:
    """Writes tokens and comments in order, as a layout says."""

    def __init__(self, tokens: Tokens, gaps: dict[int, list[Comment]], layout: Layout) -> None:
        self.tokens, self.gaps, self.layout = tokens, gaps, layout
        self.lines: list[str] = []
        self.line: list[str] = []
        self.indent = 0
        self._opened = False

    def print(self) -> str:
        """The whole text."""
        layout, texts = self.layout, self.tokens.texts
        for i in range(len(texts)):
            comments, begins = self.gaps.get(i, []), layout.begins.get(i)
            if begins is None and not comments:
                self.line.append(" " * layout.space[i])
            else:
                self._new_line(i, comments, begins)
            self.line.append(texts[i])
        self._flush()
        return "".join(f"{line}\n" for line in self.lines)

    def _new_line(self, i: int, comments: list[Comment], begins: int | None) -> None:
        """Begin a line with token i, after the comments before it."""
        if i == len(self.tokens.kinds) - 1:
            begins = 0
        indent = self.indent + FURTHER if begins is None else begins
        brace = vocabulary().of["{"]
        self._opened = i == 0 or (self._in_block(i) and self.tokens.kinds[i - 1] == brace)
        last = self._comments(i, comments, indent + STEP * (i in self.layout.ends))
        self._flush()
        if i in self.layout.statements and self.tokens.lines[i] - last > 1:
            self._blank()
        self.line = [" " * indent]
        self.indent = self.indent if begins is None else begins

    def _comments(self, i: int, comments: list[Comment], indent: int) -> int:
        """Write the comments before token i; the source line of what came last."""
        tokens = self.tokens
        last = tokens.lines[i - 1] if i else 0
        for comment in comments:
            if i and comment.span.line == tokens.lines[i - 1]:
                self.line.append("  " + comment.text)
                continue
            self._flush()
            if self._in_block(i) and comment.span.line - last > 1:
                self._blank()
            self.lines.append(" " * indent + comment.text)
            self._opened = False
            last = comment.span.line
        return last

    def _in_block(self, i: int) -> bool:
        """Whether blank lines before token i are kept."""
        return i in self.layout.statements or i in self.layout.ends or i == len(self.tokens.kinds) - 1

    def _blank(self) -> None:
        """A blank line, but none at the top and none behind an opening brace."""
        if not self._opened:
            self.lines.append("")

    def _flush(self) -> None:
        line = "".join(self.line).rstrip()
        if line:
            self.lines.append(line)
        self.line = []
