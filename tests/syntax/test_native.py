"""The compiled readers load alone, and a later ordinary import of their packages is not disturbed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cilint.syntax import native


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_readers_load_without_their_packages() -> None:
    code = (
        "import sys\n"
        "from cilint.syntax import native\n"
        "native.yaml_parser()('a: 1').get_event(); native.language('bash')\n"
        "print([n for n in sys.modules if n.startswith(('ruamel.', 'tree_sitter_bash'))])"
    )
    assert run(code) == "[]"


@pytest.mark.parametrize("kind", ["'safe'", "'rt'"])
def test_ordinary_ruamel_yaml_works_afterwards(kind: str) -> None:
    code = (
        "from cilint.syntax import native\n"
        "parser = native.yaml_parser()\n"
        "import ruamel.yaml, ruamel.yaml.cyaml\n"
        "assert ruamel.yaml.cyaml.CParser is parser\n"
        f"yaml = ruamel.yaml.YAML(typ={kind})\n"
        "assert yaml.load('a: [1, on]\\nb: 0o7') == {'a': [1, 'on'], 'b': 7}\n"
        "for text in ('a: [1', 'a: \"\\\\x\"', 'a: \\0', '*a'):\n"
        "    try:\n"
        "        yaml.load(text)\n"
        "    except ruamel.yaml.error.YAMLError as error:\n"
        "        print(str(error)[:5] != '')\n"
        "assert isinstance(parser('a').get_event(), ruamel.yaml.events.StreamStartEvent)\n"
        "import io; out = io.StringIO(); yaml.dump({'a': [1]}, out); assert 'a:' in out.getvalue()\n"
        "list(yaml.scan('a: 1')), yaml.compose('a: 1')"
    )
    assert run(code).split() == ["True"] * 4


def test_ordinary_tree_sitter_bash_works_afterwards() -> None:
    code = (
        "from cilint.syntax import native\n"
        "import tree_sitter\n"
        "tree_sitter.Language(native.language('bash'))\n"
        "import tree_sitter_bash\n"
        "language = tree_sitter.Language(tree_sitter_bash.language())\n"
        "assert tree_sitter_bash.HIGHLIGHTS_QUERY\n"
        "print(tree_sitter.Parser(language).parse(b'a && b').root_node.has_error)"
    )
    assert run(code) == "False"


def test_packages_that_were_imported_first_are_used() -> None:
    code = (
        "import ruamel.yaml, tree_sitter_bash, tree_sitter\n"
        "from cilint.syntax import native\n"
        "assert native.yaml_parser() is ruamel.yaml.cyaml.CParser\n"
        "tree_sitter.Language(native.language('bash'))\n"
        "print(ruamel.yaml.YAML(typ='safe').load('a: 1'))"
    )
    assert run(code) == "{'a': 1}"


def test_another_layout_falls_back_to_the_ordinary_import() -> None:
    code = (
        "import sys\n"
        "from cilint.syntax import native\n"
        "def broken(*_): raise KeyError('layout')\n"
        "native._repair_when_imported = native._bare_binding = broken\n"
        "parser = native.yaml_parser()\n"
        "assert native.language('bash')\n"
        "print(type(parser('a: 1').get_event()).__name__, 'ruamel.yaml.main' in sys.modules)"
    )
    assert run(code) == "StreamStartEvent True"


def test_errors_carry_problem_and_mark() -> None:
    parser = native.yaml_parser()("a: [1\nb: 2\n")
    with pytest.raises(Exception, match="flow sequence") as caught:
        list(iter(parser.get_event, None))
    context, start, problem, mark = caught.value.args
    assert (context, start.index) == ("while parsing a flow sequence", 3)
    assert "expected ',' or ']'" in problem
    assert mark.line == 1


def test_a_real_tree_sitter_can_be_imported_after_the_parser_was_made() -> None:
    code = (
        "from cilint.syntax.native import code_parser\n"
        "tree = code_parser('bash').parse(b'a && b')\n"
        "assert tree.root_node.type == 'program'\n"
        "import tree_sitter, tree_sitter_bash\n"
        "parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))\n"
        "assert parser.parse(b'a | b').root_node.children[0].type == 'pipeline'\n"
        "assert tree.root_node.children[0].type == 'list'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
