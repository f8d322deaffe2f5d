"""Texts with places in them: source files, spans, edits. Knows nothing of any file format."""
