"""What stands in a text for a part that is not known."""

from __future__ import annotations

HOLE = "\0"
"""One character that no file may hold: each occurrence is a part that can be any text."""
