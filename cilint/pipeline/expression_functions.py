"""What the functions of expressions take and give."""

from __future__ import annotations

from collections.abc import Sequence

from cilint.pipeline.expression_types import ANY, BOOLEAN, STRING, Array, Object, Type, merged, type_of
from cilint.syntax.expression import Call, Expr, Literal
from cilint.text.hints import Protocol


class Report(Protocol):
    """Takes a mistake; ``fails``: GitHub ends the run there, and does not merely make nothing of it."""

    def __call__(self, node: Expr, message: str, *, fails: bool = False) -> None: ...


_TEXT_ARGUMENTS = {"startswith": (0, 1), "endswith": (0, 1), "format": (0,), "join": (1,), "fromjson": (0,)}
_RESULTS = {"tojson": STRING, "format": STRING, "join": STRING, "hashfiles": STRING, "fromjson": ANY}


def check_call(call: Call, types: Sequence[Type], report: Report) -> Type:
    """The type that a call gives; whatever its arguments have wrong is reported."""
    name = call.name.lower()
    for index in _TEXT_ARGUMENTS.get(name, range(len(types)) if name == "hashfiles" else ()):
        if index < len(types) and isinstance(types[index], Object | Array):
            report(call.args[index], f"`{call.name}` wants a text here, and this is {types[index].name}")
    if name == "format":
        _check_format(call, report)
    elif name == "fromjson":
        return _json_type(call, report)
    elif name == "case":
        return merged([*types[1:-1:2], types[-1]])
    elif name == "contains" and isinstance(types[0], Object):
        report(call.args[0], "`contains` searches a text or a list, and this is an object")
    return _RESULTS.get(name, BOOLEAN)


def _check_format(call: Call, report: Report) -> None:
    template = call.args[0]
    if not isinstance(template, Literal) or not isinstance(template.value, str):
        return
    used, wrong = placeholders(template.value)
    given = len(call.args) - 1
    if wrong is not None:
        report(template, f"GitHub cannot read this format: {wrong}", fails=True)
        return
    for number in sorted(used):
        if number >= given:
            count = "no value is" if not given else "one value is" if given == 1 else f"{given} values are"
            said = f"`{{{number}}}` has no value: {count} given, and the first is `{{0}}`"
            report(template, said, fails=True)
    for number in range(given):
        if number not in used:
            report(call.args[number + 1], f"the format has no `{{{number}}}`: this value goes nowhere")


def placeholders(template: str) -> tuple[set[int], str | None]:
    """The numbers of `{0}` … in a format, and what is wrong with it; doubled braces stand for themselves."""
    used: set[int] = set()
    at = 0
    while at < len(template):
        char = template[at]
        if template[at : at + 2] in ("{{", "}}"):
            at += 2
        elif char == "}":
            return used, "a `}` alone is written `}}`"
        elif char == "{":
            end = template.find("}", at)
            number = template[at + 1 : end].partition(":")[0] if end > 0 else ""
            if not (number.isascii() and number.isdigit() and len(number) < 4):
                return used, "`{` begins a number in braces; alone it is written `{{`"
            used.add(int(number))
            at = end + 1
        else:
            at += 1
    return used, None


def _json_type(call: Call, report: Report) -> Type:
    source = call.args[0]
    if not isinstance(source, Literal) or not isinstance(source.value, str):
        return ANY
    import json  # rarely needed

    try:
        return type_of(json.loads(source.value))
    except RecursionError:
        return ANY
    except ValueError as error:
        report(source, f"this is no JSON: {_plain(error)}", fails=True)
        return ANY


def _plain(error: ValueError) -> str:
    message = str(error).partition(": line")[0]
    return message[:1].lower() + message[1:]
