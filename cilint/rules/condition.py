"""Conditions of rules: Python expressions of a small, harmless kind, checked against the declared fields.

Allowed are boolean, comparison and conditional expressions, ``+`` and ``-``, attributes, subscripts,
constants, collections of them, generators, and calls of listed functions and of methods. ``Checker`` rewrites
what it has checked so that an attribute of nothing is nothing and a loop over nothing is empty.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Mapping, Sequence

from cilint.rules.fields import UNKNOWN, choices, element, fields, is_forbidden, item_at, union, without_none
from cilint.rules.functions import LISTED
from cilint.rules.names import suggestion
from cilint.rules.pattern import PatternError, subject_limit
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

MAX_LENGTH = 2_000
MAX_LOOPS = 3
MOST_LISTED = 40
ARGUMENTS = "item, options, parameters"

_RESULTS: dict[str, Any] = {
    **dict.fromkeys(("any", "all", "bool", "startswith", "endswith", "known", "matches"), bool),
    **dict.fromkeys(("len", "count"), int),
    **dict.fromkeys(("join", "lower", "basename", "said"), str),
}
_OF_ELEMENTS = ("first", "min", "max", "sorted", "unique")
_OF_COLLECTION = ("any", "all", "sorted", "unique", "count", "first")
_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class ConditionError(Exception):
    """What is wrong with an expression; ``start`` and ``end`` are code point offsets in its text."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class Scope(NamedTuple):
    """The names that an expression may use, with their types.

    ``open``: any other name is one of the values of a violation. ``bounded``: loops are counted, for rules
    that come with a linted project.
    """

    names: Mapping[str, Any]
    open: bool = False
    bounded: bool = False


class Checked(NamedTuple):
    """``body`` is the source of the rewritten expression, ``hint`` its type."""

    body: str
    hint: Any


def check(text: str, scope: Scope) -> Checked:
    """Check one expression. Raises ConditionError."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"an expression has at most {MAX_LENGTH} characters", 0, len(text))
    checker = Checker(text, scope)
    try:
        node, hint = checker.visit(_parse(text))
        return Checked(ast.unparse(node), hint)
    except (RecursionError, MemoryError) as error:
        raise ConditionError("the expression is nested too deeply", 0, len(text)) from error


def function(body: str) -> str:
    """The lambda of a checked expression's body."""
    return f"lambda {ARGUMENTS}: {body}"


def _parse(text: str) -> ast.expr:
    if not text.strip():
        raise ConditionError("the expression is empty", 0, len(text))
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        start = _offset(text, error.lineno or 1, (error.offset or 1) - 1)
        raise ConditionError(f"not an expression: {error.msg}", start, start + 1) from None
    except ValueError as error:
        raise ConditionError(f"not an expression: {error}", 0, len(text)) from None


def _offset(text: str, line: int, column: int) -> int:
    """The offset in ``text`` of a place in the parenthesised text that was parsed."""
    before = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])
    return max(0, min(before + column - (line == 1), len(text)))


class Checker:
    """Checks and rewrites the nodes of one expression; every visitor gives the new node and its type."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.variables: dict[str, Any] = {}
        self.loops = 0

    def visit(self, node: ast.expr) -> tuple[ast.expr, Any]:
        visitors: dict[type[ast.expr], Callable[[Any], tuple[ast.expr, Any]]] = {
            ast.Constant: self.constant, ast.Name: self.name, ast.Attribute: self.attribute,
            ast.Subscript: self.subscript, ast.Compare: self.compare, ast.BoolOp: self.boolean,
            ast.UnaryOp: self.unary, ast.BinOp: self.binary, ast.IfExp: self.conditional, ast.Call: self.call,
            ast.GeneratorExp: self.loop, ast.ListComp: self.loop, ast.SetComp: self.loop,
            ast.Tuple: self.collection, ast.List: self.collection, ast.Set: self.collection,
            ast.Dict: self.dictionary,
        }  # fmt: skip
        visitor = visitors.get(type(node))
        if visitor is None:
            raise self.error(node, f"{_described(node)} cannot be used in a rule")
        return visitor(node)

    def error(self, node: ast.expr, message: str, hint: str | None = None) -> ConditionError:
        return ConditionError(message, self.place(node.lineno, node.col_offset), self.end(node), hint)

    def end(self, node: ast.expr) -> int:
        return self.place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def place(self, line: int, column: int) -> int:
        """The offset of a place that ``ast`` gives as a line and a column in bytes of UTF-8."""
        lines = f"({self.text}\n)".splitlines()
        prefix = lines[line - 1].encode()[:column].decode(errors="ignore")
        return _offset(self.text, line, len(prefix))

    def constant(self, node: ast.Constant) -> tuple[ast.expr, Any]:
        if not isinstance(node.value, str | int | float | bool | None):
            raise self.error(node, f"{_described(node)} cannot be used in a rule")
        return node, type(node.value)

    def name(self, node: ast.Name) -> tuple[ast.expr, Any]:
        if node.id in self.variables:
            return node, self.variables[node.id]
        if node.id in self.scope.names:
            return node, self.scope.names[node.id]
        if node.id in LISTED:
            raise self.error(node, f"`{node.id}` is a function: call it")
        if self.scope.open and not node.id.startswith("_"):
            return ast.Subscript(ast.Name("item"), ast.Constant(node.id)), UNKNOWN
        candidates = [*self.variables, *self.scope.names, *LISTED]
        raise self.error(node, f"unknown name `{node.id}`", suggestion(node.id, candidates, MOST_LISTED))

    def attribute(self, node: ast.Attribute) -> tuple[ast.expr, Any]:
        value, owner = self.visit(node.value)
        hint = self.field(node, owner, called=False)
        if owner is not UNKNOWN and not without_none(owner)[1]:
            return ast.Attribute(value, node.attr), hint
        return _calling("get", value, ast.Constant(node.attr)), union(hint, None)

    def field(self, node: ast.Attribute, owner: Any, *, called: bool) -> Any:
        """The type of a field, or of a method's result where it is ``called``."""
        known = fields(owner)
        start = self.end(node) - len(node.attr)
        if known is None:
            if is_forbidden(node.attr, called=called):
                raise ConditionError(f"unknown field `{node.attr}`", start, self.end(node))
            return UNKNOWN
        field = known.get(node.attr)
        if field is None or node.attr.startswith("_"):
            message = f"{_type_name(owner)} has no field `{node.attr}`"
            raise ConditionError(message, start, self.end(node), suggestion(node.attr, known, MOST_LISTED))
        is_method = field.builtin or field.method is not None
        if is_method and not called:
            raise ConditionError(f"`{node.attr}` is a method: call it", start, self.end(node))
        if called and not is_method and field.hint is not UNKNOWN:
            raise ConditionError(f"`{node.attr}` is not a method", start, self.end(node))
        return field.hint

    def subscript(self, node: ast.Subscript) -> tuple[ast.expr, Any]:
        value, owner = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper)
            if node.slice.step is not None:
                raise self.error(node.slice.step, "a slice has no step here")
            lower, upper = (self.visit(part)[0] if part else None for part in parts)
            return ast.Subscript(self.iterable(value, owner), ast.Slice(lower, upper)), owner
        key, _ = self.visit(node.slice)
        index = key.value if isinstance(key, ast.Constant) else None
        if isinstance(key, ast.UnaryOp) and isinstance(key.operand, ast.Constant):
            index = -key.operand.value  # type: ignore[operator]
        return _calling("at", value, key), union(item_at(owner, index), None)

    def compare(self, node: ast.Compare) -> tuple[ast.expr, Any]:
        parts = [self.visit(part) for part in (node.left, *node.comparators)]
        for index, operator in enumerate(node.ops):
            (left, left_hint), (right, right_hint) = parts[index], parts[index + 1]
            if isinstance(operator, ast.Is | ast.IsNot) and not (_is_singleton(left) or _is_singleton(right)):
                raise self.error(node, "`is` compares with None, True or False only", "use `==`")
            self.choice(left, left_hint, right, right_hint)
            if isinstance(operator, ast.In | ast.NotIn):
                parts[index + 1] = self.iterable(right, right_hint), right_hint
            elif type(operator) in _ORDER and not (left_hint is int and right_hint is int):
                if len(node.ops) > 1:
                    raise self.error(node, "compare two values at a time", "join comparisons with `and`")
                return _calling("ordered", left, ast.Constant(_ORDER[type(operator)]), right), bool
        return ast.Compare(parts[0][0], node.ops, [part for part, _ in parts[1:]]), bool

    def choice(self, left: ast.expr, left_hint: Any, right: ast.expr, right_hint: Any) -> None:
        """Refuse a comparison with a text that the declared type does not have among its values."""
        for hint, other in ((left_hint, right), (right_hint, left)):
            allowed = choices(hint)
            constants = other.elts if isinstance(other, ast.Tuple | ast.List | ast.Set) else [other]
            for constant in constants if allowed else ():
                value = constant.value if isinstance(constant, ast.Constant) else None
                if isinstance(value, str) and value not in allowed:
                    names = [str(each) for each in allowed]
                    message = f"{value!r} is never a value here; there are {', '.join(names)}"
                    raise self.error(constant, message, suggestion(value, names))

    def boolean(self, node: ast.BoolOp) -> tuple[ast.expr, Any]:
        parts = [self.visit(part) for part in node.values]
        hints = [hint for _, hint in parts]
        if isinstance(node.op, ast.Or):  # nothing is false, so only the last can be it
            hints[:-1] = [without_none(hint)[0] for hint in hints[:-1]]
        return ast.BoolOp(node.op, [part for part, _ in parts]), union(*hints)

    def unary(self, node: ast.UnaryOp) -> tuple[ast.expr, Any]:
        operand, hint = self.visit(node.operand)
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, operand), bool
        if isinstance(node.op, ast.USub):
            return ast.UnaryOp(node.op, operand), hint
        raise self.error(node, f"{_described(node)} cannot be used in a rule")

    def binary(self, node: ast.BinOp) -> tuple[ast.expr, Any]:
        if not isinstance(node.op, ast.Add | ast.Sub):
            raise self.error(node, "of arithmetic, a rule has `+` and `-` only")
        (left, hint), (right, _) = self.visit(node.left), self.visit(node.right)
        return ast.BinOp(left, node.op, right), hint

    def conditional(self, node: ast.IfExp) -> tuple[ast.expr, Any]:
        test, _ = self.visit(node.test)
        body, first = self.visit(node.body)
        orelse, second = self.visit(node.orelse)
        return ast.IfExp(test, body, orelse), union(first, second)

    def collection(self, node: ast.Tuple | ast.List | ast.Set) -> tuple[ast.expr, Any]:
        parts = [self.visit(part) for part in node.elts]
        hint = union(*(hint for _, hint in parts)) if parts else UNKNOWN
        return type(node)(elts=[part for part, _ in parts]), list[hint]  # type: ignore[valid-type]

    def dictionary(self, node: ast.Dict) -> tuple[ast.expr, Any]:
        if any(key is None for key in node.keys):
            raise self.error(node, "`**` cannot be used in a rule")
        keys: list[ast.expr | None] = [self.visit(key)[0] for key in node.keys if key]
        values = [self.visit(value) for value in node.values]
        hint = union(*(hint for _, hint in values)) if values else UNKNOWN
        return ast.Dict(keys, [value for value, _ in values]), dict[str, hint]  # type: ignore[valid-type]

    def iterable(self, node: ast.expr, hint: Any) -> ast.expr:
        """The node, as an empty collection where it is nothing."""
        return ast.BoolOp(ast.Or(), [node, ast.Tuple([])]) if without_none(hint)[1] else node

    def loop(self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> tuple[ast.expr, Any]:
        outer, self.loops = dict(self.variables), self.loops + len(node.generators)
        if self.loops > MAX_LOOPS:
            raise self.error(node, f"at most {MAX_LOOPS} loops may lie in one another")
        generators = [self.generator(each) for each in node.generators]
        result, hint = self.visit(node.elt)
        self.variables, self.loops = outer, self.loops - len(node.generators)
        return type(node)(elt=result, generators=generators), list[hint]  # type: ignore[valid-type]

    def generator(self, node: ast.comprehension) -> ast.comprehension:
        source, hint = self.visit(node.iter)
        if without_none(hint)[0] in (int, bool, float):
            raise self.error(node.iter, f"{_type_name(hint)} is no collection")
        source = self.iterable(source, hint)
        if self.scope.bounded:
            source = _calling("each", source)
        self.bind(node.target, element(hint))
        tests = [self.visit(test)[0] for test in node.ifs]
        return ast.comprehension(node.target, source, tests, 0)

    def bind(self, target: ast.expr, hint: Any) -> None:
        if isinstance(target, ast.Name):
            if target.id.startswith("_") or target.id in self.scope.names or target.id in LISTED:
                raise self.error(target, f"a variable cannot be called `{target.id}`")
            self.variables[target.id] = hint
        elif isinstance(target, ast.Tuple):
            for index, part in enumerate(target.elts):
                self.bind(part, item_at(hint, index))
        else:
            raise self.error(target, f"{_described(target)} cannot be a variable")

    def call(self, node: ast.Call) -> tuple[ast.expr, Any]:
        if not all(keyword.arg for keyword in node.keywords):
            raise self.error(node, "`**` cannot be used in a rule")
        if isinstance(node.func, ast.Attribute):
            return self.method(node, node.func)
        if not isinstance(node.func, ast.Name):
            raise self.error(node.func, "only functions and methods can be called")
        name = node.func.id
        if name not in LISTED or name in self.variables:
            raise self.error(node.func, f"unknown function `{name}`", suggestion(name, LISTED, MOST_LISTED))
        if node.keywords:
            raise self.error(node, f"`{name}` takes no named arguments")
        arguments = [self.visit(argument) for argument in node.args]
        self.fits(node, name, LISTED[name], len(arguments), [])
        nodes = [argument for argument, _ in arguments]
        if name in _OF_COLLECTION and arguments:
            nodes[0] = self.iterable(*arguments[0])
        if name == "matches":
            nodes += self.limit(node.args[0])
        return ast.Call(ast.Name(name), nodes, []), _result(name, [hint for _, hint in arguments])

    def limit(self, pattern: ast.expr) -> list[ast.expr]:
        if not isinstance(pattern, ast.Constant):
            return []
        try:
            return [ast.Constant(subject_limit(str(pattern.value)))]
        except PatternError as error:
            raise self.error(pattern, str(error)) from None

    def method(self, node: ast.Call, callee: ast.Attribute) -> tuple[ast.expr, Any]:
        value, owner = self.visit(callee.value)
        hint = self.field(callee, owner, called=True)
        arguments = [self.visit(argument)[0] for argument in node.args]
        named = [ast.keyword(keyword.arg, self.visit(keyword.value)[0]) for keyword in node.keywords]
        known = (fields(owner) or {}).get(callee.attr)
        if known and known.method:
            names = [keyword.arg or "" for keyword in named]
            self.fits(node, callee.attr, known.method, len(arguments) + 1, names)
        if owner is not UNKNOWN and not without_none(owner)[1]:
            return ast.Call(ast.Attribute(value, callee.attr), arguments, named), hint
        called = ast.Call(ast.Name("call"), [value, ast.Constant(callee.attr), *arguments], named)
        return called, union(hint, None)

    def fits(self, node: ast.Call, name: str, called: Any, given: int, named: Sequence[str]) -> None:
        """Refuse arguments that the function or method does not take."""
        try:
            signature = inspect.signature(called)
        except (TypeError, ValueError):
            return
        try:
            signature.bind(*[None] * given, **dict.fromkeys(named))
        except TypeError as error:
            raise self.error(node, f"`{name}`: {error}") from None


def _calling(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name), list(arguments), [])


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _result(name: str, hints: Sequence[Any]) -> Any:
    if name not in _OF_ELEMENTS:
        return _RESULTS.get(name, UNKNOWN)
    of = element(hints[0]) if len(hints) == 1 or name == "first" else union(*hints)
    if name in ("sorted", "unique"):
        return list[of]  # type: ignore[valid-type]
    return union(of, None)


def _type_name(hint: Any) -> str:
    hint, _ = without_none(hint)
    names: dict[Any, str] = {str: "a text", int: "a number", bool: "true or false", types.NoneType: "nothing"}
    return names.get(hint) or f"`{getattr(hint, '__name__', hint)}`"


def _described(node: ast.expr) -> str:
    names: dict[type[ast.expr], str] = {
        ast.Lambda: "`lambda`", ast.NamedExpr: "`:=`", ast.JoinedStr: "an f-string", ast.Await: "`await`",
        ast.DictComp: "a dictionary comprehension", ast.Starred: "`*`", ast.Yield: "`yield`",
    }  # fmt: skip
    return names.get(type(node), f"this ({type(node).__name__})")
