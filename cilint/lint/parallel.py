"""Work over many items in several processes, in order; in this one where there is little of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from cilint.text.hints import TypeVar

MANY = 50  # files from which on processes of their own are worth their start

T = TypeVar("T")
R = TypeVar("R")


def workers(jobs: int, files: int) -> int:
    """How many processes to use for that many files; ``jobs`` 0 means: choose."""
    if jobs:
        return jobs
    if files <= MANY:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, available)


def spread(work: Callable[[T], R], items: Sequence[T], count: int) -> list[R]:
    """``work`` of each item, in the items' order. ``work`` is a module's function; its errors are raised
    here.
    """
    if count <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(count, len(items))) as pool:
        return list(pool.map(work, items, chunksize=max(1, len(items) // (count * 8))))
