from __future__ import annotations

import pytest

from cilint.pipeline.expressions import path_of, paths_read
from cilint.syntax.expression import parse


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("inputs.Name", {"inputs.name"}),
        ("inputs['a-b'] == 'x' || !inputs.c", {"inputs.a-b", "inputs.c"}),
        ("inputs[matrix.name].x", {"inputs.*.x", "matrix.name"}),
        ("needs.*.result", {"needs.*.result"}),
        ("toJSON(needs)", {"needs"}),
        ("fromJSON(inputs.list)[github.run_number].x", {"inputs.list", "github.run_number"}),
        ("'inputs.a'", set()),
    ],
)
def test_all_that_an_expression_reads(source: str, paths: set[str]) -> None:
    assert {".".join(path) for path in paths_read(parse(source))} == paths


def test_what_a_call_gives_has_no_path() -> None:
    assert path_of(parse("fromJSON(inputs.a).b")) is None
