"""How ADD takes the place of a COPY of an archive and the RUN that does nothing but unpack it."""

from __future__ import annotations

from posixpath import basename

from cilint.model.dockerfile_state import resolve
from cilint.pipeline.effects.docker_copies import Copy
from cilint.pipeline.effects.docker_lines import is_short
from cilint.pipeline.effects.stage_commands import StageCommand, mentions, run_commands
from cilint.syntax.dockerfile import Instruction
from cilint.syntax.shell import Block, Node
from cilint.text.edit import Edit
from cilint.text.hole import HOLE

_UNPACKED = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz")
"""The ends of names of archives that ADD unpacks (docs.docker.com, "Adding local tar archives")."""
_HARMLESS = frozenset("xzjJvpa")
"""Letters of tar that change nothing of what is unpacked, or where to."""
_LONG = {"--extract": "x", "--get": "x", "--gzip": "z", "--bzip2": "j", "--xz": "J", "--verbose": "v"}


def with_add(copy: Copy) -> tuple[Edit, ...]:
    """The edits that write ADD and take the RUN away; none where the RUN does more, or unpacks otherwise."""
    call, target = copy.unpacked_by, copy.target
    if call is None or target is None or len(copy.sources) != 1 or copy.instruction.form == "json":
        return ()
    archive = _place(copy)
    folder = _folder(call, archive)
    if not folder or not _only_unpacks(call, archive, folder) or _is_used_otherwise(copy, call, archive):
        return ()
    from cilint.syntax.dockerfile_edit import delete_instruction

    keyword = "ADD" if copy.line.keyword.isupper() else "add"
    removed = delete_instruction(copy.stage.dockerfile.document, call.instruction)
    return (Edit(copy.line.keyword_span, keyword), Edit(target.span, f"{folder.rstrip('/')}/"), *removed)


def _place(copy: Copy) -> str:
    """The path of the archive in the image; empty where it is not known, or is none that ADD unpacks."""
    source, target = copy.sources[0].text, copy.target_text
    name = basename(source)
    into = target.endswith("/") or target in (".", "..")
    path = copy.stage.resolve(f"{target.rstrip('/')}/{name}" if into else target, copy.line.outer)
    plain = not set(source) & set("*?[\"'") and HOLE not in path
    return path if plain and name.lower().endswith(_UNPACKED) and path.endswith(name) else ""


def _folder(call: StageCommand, archive: str) -> str:
    """The folder that ``tar`` unpacks the archive into; empty where it does that in a way of its own."""
    folder = call.folder
    letters = operand = ""
    operands: list[str] = []
    for option in call.arguments.parse():
        if option.name in ("-C", "--directory"):
            folder = resolve(call.folder, option.value or HOLE)
        elif option.name in ("-f", "--file"):
            operand = option.value or HOLE
        elif not option.name:
            operands.append(option.value or HOLE)
        else:
            letters += _LONG.get(option.name, option.name.removeprefix("-"))
    if len(operands) == 2 and "f" in operands[0] and not operand:  # as in ``tar xzf FILE``
        letters, operand, operands = letters + operands[0].replace("f", "", 1), operands[1], []
    is_it = call.name == "tar" and not operands and resolve(call.folder, operand or HOLE) == archive
    plain = is_it and "x" in letters and set(letters) <= _HARMLESS and HOLE not in folder
    return folder if plain and not set(folder) & set(" \"'$\\") else ""


def _only_unpacks(call: StageCommand, archive: str, folder: str) -> bool:
    """Whether the RUN makes the folder, unpacks the archive, removes it, and does nothing else."""
    if call.instruction.flags or call.parsed.error or not _is_chain(call.parsed.root):
        return False
    for each in run_commands(call.stage, call.instruction):
        operands = {resolve(each.folder, item.value or HOLE) for item in each.arguments.operands()}
        expected = {"rm": archive, "mkdir": folder}.get(each.name)
        allowed = each.command is call.command or each.name == "cd" or operands == {expected}
        if not allowed or each.command.redirects or each.command.substitutions:
            return False
    return True


def _is_chain(node: Node) -> bool:
    """Whether it consists of commands one after another."""
    if not isinstance(node, Block):
        return True
    chained = node.kind == "script" or (node.kind == "list" and set(node.operators) == {"&&"})
    return chained and not node.background and all(_is_chain(each) for each in node.items)


def _is_used_otherwise(copy: Copy, call: StageCommand, archive: str) -> bool:
    """Whether another instruction of the file may use the archive, or it does not end up with the files."""
    name = basename(archive)
    document = copy.stage.dockerfile.document
    own = (copy.instruction, call.instruction)
    others: list[Instruction] = [each for each in document.instructions if each not in own]
    return not is_short(copy.stage.dockerfile) or any(mentions(each, name) for each in others)
