"""What can be wrong with one expression or statement: the texts that may stand in its place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="), ast.LtE: ("<", ">"), ast.Gt: (">=", "<="), ast.GtE: (">", "<"), ast.Eq: ("!=",), ast.NotEq: ("==",),
    ast.Is: ("is not",), ast.IsNot: ("is",), ast.In: ("not in",), ast.NotIn: ("in",)}
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not",
    ast.In: "in", ast.NotIn: "not in"}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&")}
UNWRAPPED = {"min", "max", "sorted", "frozenset", "set", "tuple", "any", "all", "float"}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
MEMBERS = {
    "Head": ("DARK", "RED", "RED_AMBER", "AMBER", "GREEN", "GREEN_YIELD", "FLASHING_AMBER"),
    "Mode": ("CENTRAL", "LOCAL", "MANUAL", "FLASHING", "DARK"),
    "Fault": ("LAMP", "DETECTOR", "CONFLICT", "DOOR", "MAINS", "CLOCK"),
    "Rule": ("WRONG_JUNCTION", "STALE_STATUS", "LATCHED", "FAULT", "MODE", "EXPIRED", "SEQUENCE", "UNKNOWN_STAGE", "TRANSITION",
             "HEADS", "MIN_GREEN", "PEDESTRIAN", "MAX_RED"),
    "Violation": ("CONFLICT", "SHORT_GREEN", "SHORT_YELLOW", "SHORT_INTERGREEN"),
}
ONLY_NEXT = {"Rule", "Violation"}
"""Names of refusals: one wrong name stands for all of them."""
ATTRIBUTES = {
    "issued_s": "expires_s", "expires_s": "issued_s", "reported_s": "stage_since_s", "stage": "target", "target": "stage",
    "green": "yielding", "yielding": "green", "min_green_s": "crossing_length_m", "max_red_s": "yellow_s",
    "yellow_s": "max_red_s", "status_stale_s": "request_life_s", "request_life_s": "status_stale_s",
    "conflict_latch_s": "status_stale_s", "_green_start": "_green_end", "_green_end": "_green_start", "heads": "head_since_s",
    "head_since_s": "heads", "clock_ahead_s": "reported_s", "sequence": "issued_s", "echo_sequence": "clock_ahead_s",
    "requests": "vetoes", "_sequence": "requests", "accepted": "rule", "mode": "mode_source",
}
NAMES = {"i": "j", "j": "i", "a": "b", "b": "a", "start": "end", "end": "start", "head": "was", "was": "head", "heads": "before",
         "before": "heads", "shown": "green", "request": "status", "called": "now_s", "since": "now_s", "found": "begun"}
COMPOUND = (ast.BoolOp, ast.Compare, ast.BinOp, ast.IfExp, ast.UnaryOp, ast.GeneratorExp)
Texts = Iterator[str]


class Operators:
    """Wrong texts for the nodes of one source. Positions inside f-strings are not to be had before Python 3.12, so those
    are only ever replaced whole."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._of: dict[type[ast.AST], Callable[..., Texts]] = {
            ast.Compare: self._compare, ast.BoolOp: self._bool_op, ast.BinOp: self._bin_op, ast.UnaryOp: self._unary,
            ast.Constant: self._constant, ast.JoinedStr: self._text, ast.Call: self._call, ast.Attribute: self._attribute,
            ast.Name: self._name, ast.Tuple: self._elements, ast.List: self._elements, ast.Set: self._elements,
            ast.IfExp: self._if_exp, ast.Return: self._return, ast.Assign: self._assign, ast.AnnAssign: self._assign,
            ast.AugAssign: self._aug_assign, ast.Continue: self._jump, ast.Break: self._jump, ast.Expr: self._removed,
            ast.For: self._removed, ast.Assert: self._removed, ast.Raise: self._removed}

    def on(self, node: ast.AST) -> Texts:
        make = self._of.get(type(node))
        if make is not None:
            yield from make(node)

    def condition(self, test: ast.expr) -> Texts:
        """Wrong texts for what an ``if`` asks, on top of those for the expression itself."""
        if not isinstance(test, ast.UnaryOp):
            yield f"not {self.part(test)}"
        yield from ("True", "False")

    def text(self, node: ast.AST) -> str:
        return ast.get_source_segment(self._source, node) or ""

    def part(self, node: ast.AST) -> str:
        """The text of a node, fit to stand beside any operator."""
        return f"({self.text(node)})" if isinstance(node, COMPOUND) else self.text(node)

    def _compare(self, node: ast.Compare) -> Texts:
        sides = [self.part(n) for n in (node.left, *node.comparators)]
        signs = [SIGNS[type(op)] for op in node.ops]

        def joined(first: int, last: int, signs: list[str]) -> str:
            return sides[first] + "".join(f" {signs[k]} {sides[k + 1]}" for k in range(first, last))
        for k, op in enumerate(node.ops):
            for wrong in COMPARISONS[type(op)]:
                yield joined(0, len(signs), [*signs[:k], wrong, *signs[k + 1:]])
        if len(signs) > 1:
            yield joined(1, len(signs), signs)
            yield joined(0, len(signs) - 1, signs)

    def _bool_op(self, node: ast.BoolOp) -> Texts:
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        parts = [self.part(n) for n in node.values]
        yield f" {other} ".join(parts)
        for k in range(len(parts)):
            yield f" {word} ".join(parts[:k] + parts[k + 1:])

    def _bin_op(self, node: ast.BinOp) -> Texts:
        left, right = self.part(node.left), self.part(node.right)
        yield f"{left} {ARITHMETIC[type(node.op)][1]} {right}"
        yield from (left, right)

    def _unary(self, node: ast.UnaryOp) -> Texts:
        yield self.part(node.operand)

    def _constant(self, node: ast.Constant) -> Texts:
        value = node.value
        if isinstance(value, bool):
            yield str(not value)
        elif isinstance(value, (int, float)):
            wrong = dict.fromkeys((value + 1, value - 1, 0, value * 10, value / 10))
            yield from (repr(w) for w in wrong if w != value)
        elif isinstance(value, str):
            yield from self._text(node)

    def _text(self, node: ast.AST) -> Texts:
        yield "'wrong'" if self.text(node) in ('""', "''") else "''"

    def _call(self, node: ast.Call) -> Texts:
        name = self.text(node.func)
        args, keywords = [self.text(a) for a in node.args], [self.text(k) for k in node.keywords]
        if name in FUNCTIONS:
            yield f"{FUNCTIONS[name]}({', '.join(args)})"
        # Fields of what is made here differ in type: swapped, they would fail at once.
        for k in range(len(args) - 1 if name[:1].islower() else 0):
            yield f"{name}({', '.join([*args[:k], args[k + 1], args[k], *args[k + 2:], *keywords])})"
        if name in UNWRAPPED:
            yield from (self.part(a) for a in node.args)
        for k in range(len(keywords)):
            yield f"{name}({', '.join([*args, *keywords[:k], *keywords[k + 1:]])})"

    def _attribute(self, node: ast.Attribute) -> Texts:
        if not isinstance(node.ctx, ast.Load):
            return
        owner = self.text(node.value)
        members = MEMBERS.get(owner, ())
        if node.attr in members:
            k = members.index(node.attr)
            others = [*members[k + 1:], *members[:k]]
            yield from (f"{owner}.{m}" for m in (others[:1] if owner in ONLY_NEXT else others))
        elif node.attr in ATTRIBUTES:
            yield f"{owner}.{ATTRIBUTES[node.attr]}"

    def _name(self, node: ast.Name) -> Texts:
        if isinstance(node.ctx, ast.Load) and node.id in NAMES:
            yield NAMES[node.id]

    def _elements(self, node: ast.Tuple | ast.List | ast.Set) -> Texts:
        if not node.elts or (not isinstance(node, ast.Set) and not isinstance(node.ctx, ast.Load)):
            return
        texts = [self.text(e) for e in node.elts]
        opening, closing = {ast.Tuple: ("(", ")"), ast.List: ("[", "]"), ast.Set: ("{", "}")}[type(node)]

        def written(items: list[str]) -> str:
            return f"{opening}{', '.join(items)}{',' if len(items) == 1 and opening == '(' else ''}{closing}"
        for k in range(len(texts)):
            yield written(texts[:k] + texts[k + 1:]) if len(texts) > 1 or opening != "{" else "set()"
        if not isinstance(node, ast.Set):
            for k in range(len(texts) - 1):
                yield written([*texts[:k], texts[k + 1], texts[k], *texts[k + 2:]])

    def _if_exp(self, node: ast.IfExp) -> Texts:
        yield from (self.part(node.body), self.part(node.orelse))

    def _return(self, node: ast.Return) -> Texts:
        yield "pass"
        if node.value is not None and self.text(node.value) not in ("None", "[]"):
            yield "return None"
            yield "return []"
            if not isinstance(node.value, ast.Call):
                yield f"return not {self.part(node.value)}"

    def _assign(self, node: ast.Assign | ast.AnnAssign) -> Texts:
        if node.value is None:
            return
        target = self.text(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        yield "pass"
        if self.text(node.value) != "None":
            yield f"{target} = None"

    def _aug_assign(self, node: ast.AugAssign) -> Texts:
        wrong = ARITHMETIC[type(node.op)][1]
        target, value = self.text(node.target), self.text(node.value)
        yield from ("pass", f"{target} = {value}", f"{target} {wrong}= {value}")

    def _jump(self, node: ast.Continue | ast.Break) -> Texts:
        yield from ("pass", "break" if isinstance(node, ast.Continue) else "continue")

    def _removed(self, node: ast.stmt) -> Texts:
        # A bare string is a docstring.
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield "pass"
