"""Another name for a key of a mapping."""

from __future__ import annotations

from cilint.syntax.yaml import Document, Mapping, Scalar
from cilint.text.edit import Edit


def renamed(document: Document, mapping: Mapping, key: Scalar, name: str) -> tuple[Edit, ...]:
    """The edit that gives ``key`` a name that no other key has; nothing where it cannot be made."""
    if not document.aliased and not document.errors and key.style == "plain" and _is_word(name):
        # Nothing can go wrong with one word for another, so the file need not be read again.
        return (Edit(key.span, name),)
    from cilint.syntax import yaml_edit

    try:
        return tuple(yaml_edit.rename_key(document, mapping, key.text, name))
    except yaml_edit.EditRefused:
        return ()


def _is_word(name: str) -> bool:
    return name[:1].isalpha() and name.replace("-", "").replace("_", "").isalnum()
