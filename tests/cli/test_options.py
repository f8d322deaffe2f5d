from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

import pytest

from cilint.__main__ import COMMANDS, main
from cilint.cli import options, output
from cilint.cli.parser import parser_for
from cilint.cli.put import put
from cilint.errors import CilintError
from cilint.lint.cache import Entry


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_module_with_its_arguments(name: str) -> None:
    command = import_module(f"cilint.cli.{name}")
    parser = parser_for(name, COMMANDS[name])
    command.add_arguments(parser)
    assert parser.format_help().startswith(f"usage: cilint {name}")
    assert callable(command.run)


def arguments(*given: str) -> argparse.Namespace:
    parser = parser_for("check", "lint")
    options.add_paths(parser)
    options.add_configuration(parser)
    options.add_output(parser)
    return parser.parse_args(given)


def test_lists_may_be_repeated_or_hold_commas() -> None:
    request = options.request_of(arguments("--select", "a, b/c", "--select", "d", "--ignore", "e,"))
    assert (request.select, request.ignore) == (("a", "b/c", "d"), ("e",))
    assert request.paths == (None,)
    assert options.request_of(arguments("a", "b")).paths == ("a", "b")


def test_reports_by_name_and_file() -> None:
    assert output.targets([]) == [output.Target("text", None)]
    assert output.targets(["json:a:b", "github"]) == [
        output.Target("json", "a:b"),
        output.Target("github", None),
    ]
    for wrong in (["jsn"], ["json:"], ["json:a", "sarif:a"]):
        with pytest.raises(CilintError):
            output.targets(wrong)


@pytest.mark.parametrize("name", output.FORMATS)
def test_each_format_has_a_renderer(name: str) -> None:
    from cilint.report.terminal import PLAIN
    from tests.report.views import view_of

    assert isinstance(output.render(name, view_of([], {}), PLAIN, False, list), str)


def test_outputs_are_written_where_they_belong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("real")
    assert put(Entry([(None, "out"), ("file", "x\udc80\r\n"), ("link", "y")], "err", 1)) == 1
    assert capsys.readouterr() == ("out", "err")
    assert (tmp_path / "file").read_bytes() == b"x\\udc80\r\n"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "y"


def test_interruption_is_told_by_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object, **_named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cilint.__main__.dispatch", interrupt)
    assert main(["check"]) == 130
