"""What fits into this machine: in which precision, on the graphics card as a whole or layer by layer.

And that what is free is given back: glibc keeps freed memory, in as many places as there are threads, up to eight times
the cores. Where many threads take turns at large tensors, that grows for as long as they do.
"""

import ctypes
import gc
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch

from pipelines.errors import ModelTooLarge

GIB = 2**30
WORKING = 2 * GIB  # beside the weights, for a step of a picture; a guess: the larger ones are tiled or refused later
SHORT = GIB // 2  # less than this is too little to begin a work with
PLACES = 2  # for glibc's free memory
M_ARENA_MAX = -8  # malloc.h
SIGNS = ("out of memory", "can't allocate memory", "not enough memory")  # CUDA and Apple; a CPU; a CPU on Windows


@dataclass(frozen=True)
class Room:
    """Free memory in bytes: the machine's, and the graphics card's where the model shall run on one of its own."""

    ram: int
    card: int | None = None


@dataclass(frozen=True)
class Plan:
    """The weights' type, and the parts that stay in the machine's memory and go to the card layer by layer."""

    dtype: torch.dtype
    streamed: frozenset[str] = frozenset()


def measure_room(device: torch.device) -> Room:
    """Return what is free now."""
    import psutil

    card = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None
    return Room(int(psutil.virtual_memory().available), card)


def is_short() -> bool:
    """Tell whether so little memory is left that a work could end for want of it."""
    place = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    room = measure_room(place)
    return min(room.ram, room.ram if room.card is None else room.card) < SHORT


def plan(parts: Mapping[str, int], room: Room, types: Sequence[torch.dtype], source: str = "") -> Plan:
    """Choose for a model whose `parts` have so many weights, the most often used part first; raise ModelTooLarge.

    The first of `types` that fits is taken. On its way to a card all goes through the machine's memory.
    """
    weights = sum(parts.values())
    beside = WORKING if room.card is None else 0
    dtype = next((dtype for dtype in types if weights * dtype.itemsize + beside <= room.ram), None)
    if dtype is None:
        raise too_large(source, weights * types[-1].itemsize + beside, room.ram)
    left = (room.card or 0) - WORKING
    streamed = set()
    for name, count in parts.items() if room.card is not None else ():
        if count * dtype.itemsize <= left:
            left -= count * dtype.itemsize
        else:
            streamed.add(name)
    return Plan(dtype, frozenset(streamed))


def too_large(source: str, needed: int, free: int) -> ModelTooLarge:
    """Return the refusal of a model that needs so many bytes where so many are free."""
    return ModelTooLarge(source=source, needed=f"{needed / 1e9:.1f}", free=f"{free / 1e9:.1f}")


def ran_out(error: BaseException) -> bool:
    """Tell whether an error says that there is no memory left; a CPU's comes as a plain RuntimeError."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)


def gather() -> None:
    """Let glibc, where that is what there is, keep free memory in two places: call it before there are threads."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, PLACES)


def trim() -> None:
    """Let glibc, where that is what there is, give free memory back to the system: some milliseconds."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def release() -> None:
    """Give back what nobody holds any more."""
    gc.collect()
    trim()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
