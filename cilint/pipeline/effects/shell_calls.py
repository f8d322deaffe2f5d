"""The commands of scripts one by one: what they leave unnoticed, what they may take for options."""

from __future__ import annotations

from functools import cached_property

from cilint.pipeline.effects.shell_scripts import ShellScript, blocks_of
from cilint.syntax.shell import Assignment, Block, Command, Node, Part, Word
from cilint.text.edit import Edit
from cilint.text.source import Span

_NO_OPTIONS = frozenset({"echo", "printf", "for", "set", "[", "test", "expr", ":"})
"""What does not take a file's name for an option, or knows no better way to write it."""
_ENDS = ("exit", "return", "exec")
_OWN_ENDS = ("-print0", "-printf", "-exec")
_LISTERS = ("find", "ls", "cat")
_FLAGS_WITH_PATTERNS = ("--include", "--exclude", "--ignore", "-name", "-path", "-iname", "-not")


class ShellCall:
    """One command of a script."""

    def __init__(self, script: ShellScript, command: Command) -> None:
        self.script = script
        self.path: str = script.path
        self.command = command
        self.name: str = command.name

    def __repr__(self) -> str:
        return f"<call {self.command.raw}>"

    @cached_property
    def span(self) -> Span:
        return self.script.place(*self.command.span)

    # -- cd ----------------------------------------------------------------------------------------

    @property
    def is_unguarded_move(self) -> bool:
        """Whether the script goes on in the wrong folder where this ``cd`` fails."""
        command = self.command
        if self.name not in ("cd", "pushd") or len(command.words) < 2 or self.script.stops_at_failures:
            return False
        target = command.words[-1].static
        if target is not None and not target.strip("./"):  # always there
            return False
        if command.condition or command.negated or not any(True for _ in command.follows()):
            return False
        parent = command.parent
        return not (
            isinstance(parent, Block)
            and parent.kind == "list"
            and (command.index < len(parent.items) - 1 or "||" in parent.operators)
        )

    @property
    def guard(self) -> tuple[Edit, ...]:
        """The edit that ends the script, or the function, where it fails."""
        ending = "return" if self.command.function else "exit"
        return (self.script.insert_after(self.command.full_span, f" || {ending}"),)

    # -- export x=$(…) -----------------------------------------------------------------------------

    @cached_property
    def _masked(self) -> tuple[Assignment, Part] | None:
        command = self.command
        if command.kind != "declaration" or not command.substitutions:
            return None
        flags = [word.static or "" for word in command.written if word.raw.startswith("-")]
        read_only = self.name == "readonly" or any("r" in flag for flag in flags)
        if read_only and command.function:
            return None
        for assignment in command.assignments:
            for part in assignment.value.parts if assignment.value is not None else ():
                if part.kind == "command":
                    return assignment, part
        return None

    @property
    def masked_status(self) -> Span | None:
        """The ``$(…)`` whose failure ``export`` and the like hide: they succeed all the same."""
        return self.script.place(*self._masked[1].span) if self._masked else None

    @property
    def masked_name(self) -> str:
        """The variable that gets its output."""
        return self._masked[0].name if self._masked else ""

    @property
    def in_two_steps(self) -> tuple[Edit, ...]:
        """The edits that assign first and export then; none for more than ``export x=…``."""
        command = self.command
        if self.name != "export" or len(command.written) != 2 or not self._masked or command.redirects:
            return ()
        start, value = command.span.start, command.written[1].span
        parent = command.parent
        joined = isinstance(parent, Block) and parent.kind == "list"
        if joined and isinstance(parent, Block) and "||" in parent.operators:
            return ()
        keyword = Edit(self.script.place(start, value.start), "")
        return (
            keyword,
            self.script.insert_after(value, f"{' &&' if joined else ';'} export {self.masked_name}"),
        )

    # -- exit --------------------------------------------------------------------------------------

    @property
    def ending(self) -> str:
        """The first word as it is written."""
        return self.command.written[0].raw if self.command.written else ""

    @cached_property
    def never_reached(self) -> Span | None:
        """What stands behind it in its sequence, which it always ends."""
        command, parent = self.command, self.command.parent
        if self.ending not in _ENDS or (self.ending == "exec" and len(command.written) < 2):
            return None
        if not isinstance(parent, Block) or not parent.sequential or command.background:
            return None
        rest = parent.items[command.index + 1 :]
        if not rest or (self.ending == "return" and command.function is None):
            return None
        return self.script.place(rest[0].span.start, rest[-1].span.end)

    # -- >> file; >> file; >> file -----------------------------------------------------------------

    @property
    def repeated_file(self) -> Span | None:
        """The redirection that two or more commands right behind it have as well."""
        command, parent = self.command, self.command.parent
        file = _appended_file(command)
        if file is None or not isinstance(parent, Block) or not parent.sequential:
            return None
        at, items = command.index, parent.items
        if (at and _appended_file(items[at - 1]) == file) or len(items) < at + 3:
            return None
        if any(_appended_file(item) != file for item in items[at + 1 : at + 3]):
            return None
        return self.script.place(*command.redirects[-1].span)

    # -- wildcards and file names ------------------------------------------------------------------

    @cached_property
    def _glob(self) -> Word | None:
        command = self.command
        if command.kind != "command" or not self.name or self.name in _NO_OPTIONS:
            return None
        words = command.words[1:]
        for at, word in enumerate(words):
            if word.raw == "--":
                return None
            before = words[at - 1].raw if at else ""
            if word.raw.startswith("*") and not before.startswith(_FLAGS_WITH_PATTERNS):
                return word
        return None

    @property
    def option_like_glob(self) -> Span | None:
        """A ``*…`` that gives the names of files, of which those with a hyphen in front become options."""
        return self.script.place(*self._glob.span) if self._glob else None

    @property
    def with_folder(self) -> tuple[Edit, ...]:
        """The edit that begins these names with the folder."""
        return (self.script.insert_before(self._glob.span, "./"),) if self._glob else ()

    @property
    def splits_found_names(self) -> bool:
        """Whether it is a ``find`` whose list of names ``xargs`` splits at blanks and quotes."""
        if self.name != "find" or self.command.wrappers:
            return False
        reader = self.command.piped_to
        if not isinstance(reader, Command) or "xargs" not in (reader.name, *reader.wrappers):
            return False
        own = {word.static for word in self.command.words}
        return own.isdisjoint(_OWN_ENDS) and not any(
            _ends_names(word.static or "") for word in reader.written
        )


def _appended_file(node: Node) -> str | None:
    """The file that the output of a command or a block goes to the end of, as it is written."""
    last = node.redirects[-1] if node.redirects else None
    if last is None or last.operator != ">>" or last.fd is not None or last.target is None:
        return None
    return last.target.raw


def _ends_names(option: str) -> bool:
    """Whether an option of ``xargs`` says where names end."""
    if option.startswith(("--null", "--delimiter", "-d", "-I")):
        return True
    return option[:1] == "-" and option[1:2] != "-" and "0" in option


class ShellLoop:
    """One ``for`` loop over words."""

    def __init__(self, script: ShellScript, block: Block) -> None:
        self.script = script
        self.path: str = script.path
        self.block = block
        self.name: str = block.name

    @property
    def _words(self) -> tuple[Word, ...]:
        return self.block.words or ()

    @property
    def span(self) -> Span:
        return self.script.place(*(self._words[0].span if self._words else self.block.span))

    @property
    def runs_once(self) -> bool:
        """Whether there is one word, which never becomes several."""
        if self.name == "((" or len(self._words) != 1:
            return False
        (word,) = self._words
        if any(part.text in ("@", "*") or part.subscript == "@" for part in word.parts):
            return False
        return word.quoted or all(part.kind == "text" for part in word.parts)

    @property
    def split_output(self) -> str:
        """The program whose output it runs over, word by word: names of files, or the lines of one."""
        if len(self._words) != 1 or len(self._words[0].parts) != 1 or self._words[0].quoted:
            return ""
        outputs = [block for block in self.block.substitutions if block.span == self._words[0].span]
        items = outputs[0].items if outputs else []
        first = items[0] if len(items) == 1 else None
        return first.name if isinstance(first, Command) and first.name in _LISTERS else ""


def calls(script: ShellScript) -> tuple[ShellCall, ...]:
    return tuple(ShellCall(script, command) for command in script.commands)


def loops(script: ShellScript) -> tuple[ShellLoop, ...]:
    if "for " not in script.parsed.text:
        return ()
    return tuple(ShellLoop(script, block) for block in blocks_of(script, "for") if block.words is not None)
