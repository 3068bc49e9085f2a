"""How a process that serves for months asks the system for memory.

The C library lets each thread keep a heap of its own and, once large pieces came and went, no
longer gives such pieces back: a dozen threads that each took a piece of a film held a hundred
megabytes ever after. Python carries out one thread at a time, so one heap is enough.
"""

import ctypes

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # M_ARENA_MAX, M_MMAP_THRESHOLD of glibc's malloc.h
_LARGE = 256 * 1024
"""Bytes from which on a piece is asked for and given back by itself, whatever came before."""


def be_frugal() -> None:
    """Keep one heap for all threads and give large pieces back. Before any thread is started.

    Where the C library knows no such thing (musl) nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE)
