"""The parser of a command's options, with help of a readable width."""

from __future__ import annotations

import argparse
import os


class _Help(argparse.HelpFormatter):
    """Help of a known width, so that building a parser does not load what measures terminals."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        super().__init__(prog, max_help_position=30, width=int(columns) if columns.isdecimal() else 100)


def parser_for(name: str, text: str) -> argparse.ArgumentParser:
    """An empty parser for the command ``name``."""
    return argparse.ArgumentParser(
        prog=f"cilint {name}", description=f"{text[0].upper()}{text[1:]}.", formatter_class=_Help
    )
