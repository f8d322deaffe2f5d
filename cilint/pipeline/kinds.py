"""The kinds of things that rules select. Annotated attributes, properties and methods of a class are its fields."""

from __future__ import annotations

from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.workflow import Job, Workflow
from cilint.pipeline.sites import Site

KINDS: dict[str, type] = {
    "dockerfile": Dockerfile,
    "stage": Stage,
    "workflow": Workflow,
    "job": Job,
    "step": Site,
}
