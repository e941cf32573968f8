"""Every mutant of one module: its source with a single thing wrong, in the order of the source."""

from __future__ import annotations

import ast
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from tests.mutation.operators import COMPOUND, Operators

LONGEST_KEY_LINES = 3


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong source. ``key`` names it by what is written, not by line numbers, so that it outlives changes elsewhere."""

    module: str
    where: str
    line: int
    before: str
    after: str
    nth: int
    source: str

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.module, self.where, self.before, self.after, self.nth

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.where}\n  - {self.before}\n  + {self.after}"


@cache
def mutants(module: str, source: str) -> tuple[Mutant, ...]:
    """All of them that compile and are not the source again."""
    taken: Counter[tuple[str, str, str]] = Counter()
    made, meanings, walk = [], set[tuple[tuple[int, int], str]](), _Walk(module, source)
    for mutant in walk.all():
        # To read the function again is enough, and much faster than the whole module.
        around = walk.around
        try:
            meaning = around, _meaning(mutant.source, *around)
        except SyntaxError:
            continue
        if meaning in meanings or meaning[1] == _meaning(source, *around):
            continue
        meanings.add(meaning)
        same = mutant.where, mutant.before, mutant.after
        taken[same] += 1
        made.append(replace(mutant, nth=taken[same]))
    return tuple(made)


@lru_cache
def _meaning(source: str, before: int, after: int) -> str:
    """What the lines say, however they are written, without so many before and after them. Raises SyntaxError."""
    lines = source.splitlines()
    tree = ast.parse(textwrap.dedent("\n".join(lines[before:len(lines) - after])))
    compile(tree, "mutant", "exec")
    return ast.dump(tree)


def _idle(node: ast.AST) -> bool:
    """True for what only names things: docstrings, imports, names of types."""
    return (isinstance(node, (ast.Import, ast.ImportFrom))
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"))


class _Walk:
    def __init__(self, module: str, source: str) -> None:
        self._module, self._source = module, source
        self._lines = source.encode().splitlines(keepends=True)
        self._operators = Operators(source)
        self._names: set[str] = set()
        self.around = 0, 0
        """Lines before and after the function that is being walked through."""

    def all(self) -> Iterator[Mutant]:
        yield from self._visit(ast.parse(self._source), None, ())

    def _visit(self, node: ast.AST, parent: ast.AST | None, where: tuple[str, ...]) -> Iterator[Mutant]:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            where = (*where, node.name)
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno is not None
                first = min(n.lineno for n in (node, *node.decorator_list))
                self.around = first - 1, len(self._lines) - node.end_lineno
            self._names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {n.arg for n in ast.walk(node)
                                                                                       if isinstance(n, ast.arg)}
            for decorator in node.decorator_list:
                # The name of a decorator goes with its sign.
                yield from self._put(decorator, "(lambda it: it)", where)
        if isinstance(node, (ast.expr, ast.stmt)):
            for text in self._operators.on(node):
                # A name unknown here would fail at once.
                if not isinstance(node, ast.Name) or text in self._names:
                    yield from self._put(node, text, where, parent)
            yield from self._conditions(node, where)
        if isinstance(node, ast.JoinedStr):
            return
        for child in self._children(node):
            yield from self._visit(child, node, where)
        if isinstance(node, ast.FunctionDef):
            self.around = 0, 0

    def _conditions(self, node: ast.AST, where: tuple[str, ...]) -> Iterator[Mutant]:
        if isinstance(node, (ast.If, ast.IfExp)):
            for text in self._operators.condition(node.test):
                yield from self._put(node.test, text, where)
        for made in getattr(node, "generators", ()):
            for test in made.ifs:
                for text in self._operators.condition(test):
                    yield from self._put(test, text, where)

    @staticmethod
    def _children(node: ast.AST) -> Iterator[ast.AST]:
        for name, value in ast.iter_fields(node):
            # Annotations are not looked at when the module runs.
            if name in ("annotation", "returns", "type_comment"):
                continue
            for child in value if isinstance(value, list) else [value]:
                # Nor does a function end otherwise without its last "return None".
                if isinstance(node, ast.FunctionDef) and child is node.body[-1] and ast.unparse(child) == "return None":
                    continue
                if isinstance(child, ast.AST) and not _idle(child):
                    yield child

    def _put(self, node: ast.expr | ast.stmt, text: str, where: tuple[str, ...],
             parent: ast.AST | None = None) -> Iterator[Mutant]:
        if isinstance(parent, COMPOUND + (ast.Attribute, ast.Subscript)) and isinstance(node, ast.expr):
            text = self._fit(text)
        assert node.end_lineno is not None and node.end_col_offset is not None
        first, last = node.lineno - 1, node.end_lineno - 1
        head, tail = self._lines[first][:node.col_offset], self._lines[last][node.end_col_offset:]
        changed = head + text.encode() + tail
        source = b"".join([*self._lines[:first], changed, *self._lines[last + 1:]]).decode()
        yield Mutant(self._module, ".".join(where) or "module", node.lineno, self._short(self._lines[first:last + 1]),
                     self._short([changed]), 1, source)

    @staticmethod
    def _fit(text: str) -> str:
        return f"({text})" if isinstance(ast.parse(f"({text})", mode="eval").body, COMPOUND) else text

    @staticmethod
    def _short(lines: list[bytes]) -> str:
        kept = lines if len(lines) <= LONGEST_KEY_LINES else [lines[0], b" ..."]
        return " ".join(b" ".join(kept).decode().split())
