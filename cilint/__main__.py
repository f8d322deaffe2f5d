"""The command line's entry: finds the command, runs it, turns what goes wrong into a message and a status."""

from __future__ import annotations

import gc
import os
import sys

from cilint import __version__
from cilint.cli.put import put
from cilint.errors import CilintError, nearest
from cilint.lint.cache import load

TYPE_CHECKING = False  # as type checkers know it; a run from the cache does without `typing`
if TYPE_CHECKING:
    from typing import Any

COMMANDS = {
    "check": "lint workflows, actions and Dockerfiles",
    "fix": "apply the fixes of what was found",
    "init": "write canonical workflows and settings for this project",
    "explain": "tell what a rule wants and why",
    "rules": "list the rules; test or begin rules of your own",
    "simulate": "show which jobs and steps run under which event, and why",
    "graph": "draw the pipeline, with what breaks the policy marked on it",
    "migrate": "turn settings of hadolint, zizmor, actionlint and dclint into a cilint.yaml",
    "config": "show the effective configuration and where each value comes from",
    "debug": "show how cilint reads a file",
}
BROKEN_PIPE, INTERRUPTED = 141, 130


def usage() -> str:
    """The text of ``cilint --help``."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    return (
        "usage: cilint COMMAND [OPTION…] [PATH…]\n\n"
        "Lints GitHub Actions workflows, actions and Dockerfiles as one pipeline.\n\n"
        f"commands:\n{listed}\n\n"
        "`cilint COMMAND --help` tells a command's options; `cilint --version` the version.\n"
        "Exit status: 0 nothing to report, 1 findings, 2 wrong usage or a failure.\n"
    )


def dispatch(argv: list[str], *, own_process: bool = False) -> int:
    """Run the command that ``argv`` names; its module alone is imported. Raises CilintError, SystemExit."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        (sys.stdout if argv else sys.stderr).write(usage())
        return 0 if argv else 2
    if argv[0] in ("-V", "--version"):
        sys.stdout.write(f"cilint {__version__}\n")
        return 0
    name = argv[0]
    if name not in COMMANDS:
        close = nearest(name, list(COMMANDS))
        hint = f"did you mean `{close}`?" if close else "`cilint --help` lists the commands"
        raise CilintError(f"no command `{name}`", hint=hint)
    if name == "check" and (known := load(argv[1:])) is not None:
        return put(known)
    if own_process:
        from cilint.bundle import install

        install()
    __import__(f"cilint.cli.{name}")  # `importlib` takes longer to load than a command
    command = sys.modules[f"cilint.cli.{name}"]
    args = _quickly(command, argv[1:]) if name == "check" else None
    if args is None:
        from cilint.cli.parser import parser_for

        parser = parser_for(name, COMMANDS[name])
        command.add_arguments(parser)
        args = parser.parse_intermixed_args(argv[1:])
    args.argv = argv[1:]
    return int(command.run(args))


def _quickly(command: Any, argv: list[str]) -> Any:
    """The arguments of a plain command line, or None."""
    from cilint.cli.quick import Quick

    quick = Quick()
    command.add_arguments(quick)
    return quick.read(argv)


def main(argv: list[str] | None = None, *, own_process: bool = False) -> int:
    """Run the command line (default: the process's own) and return the exit status. Never raises an error."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # whatever a linted file holds can be printed
                stream.reconfigure(errors="backslashreplace")
        status = dispatch(arguments, own_process=own_process)
        sys.stdout.flush()
        return status
    except CilintError as error:
        return _mistake(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to flush at exit
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failure(error, "--verbose" in arguments or bool(os.environ.get("CILINT_DEBUG")))


def _mistake(error: CilintError) -> int:
    place = ":".join(str(part) for part in (error.path, error.line, error.column) if part is not None)
    hint = f"hint: {error.hint}\n" if error.hint else ""
    sys.stderr.write(f"error: {place}{': ' if place else ''}{error.message}\n{hint}")
    return 2


def _failure(error: Exception, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(error)
    message = str(error).partition("\n")[0][:200]
    told = "" if verbose else "; `--verbose` or CILINT_DEBUG=1 shows where"
    sys.stderr.write(f"error: cilint itself failed ({type(error).__name__}: {message}){told}\n")
    return 2


def entry() -> None:
    """The process's whole life. It ends at once: taking the interpreter apart takes longer than reporting.

    Collecting cycles while everything is still being loaded finds nothing, so it waits until there is much.
    """
    gc.set_threshold(1_000_000, 20, 20)
    status = main(own_process=True)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = status or BROKEN_PIPE
    if bundle := sys.modules.get("cilint.bundle"):
        bundle.renew()
    os._exit(status)


if __name__ == "__main__":
    entry()
