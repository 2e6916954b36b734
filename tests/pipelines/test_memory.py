"""What is chosen for a machine, by numbers alone; and an error that says there is no memory is known as one."""

import platform
import subprocess
import sys

import pytest
import torch

from pipelines.errors import ModelTooLarge
from pipelines.memory import GIB, WORKING, Room, measure_room, plan, ran_out

SDXL = {"unet": 2_567_000_000, "vae": 84_000_000, "text_encoder": 123_000_000, "text_encoder_2": 695_000_000}
FLUX = {"transformer": 11_901_000_000, "vae": 84_000_000, "text_encoder": 123_000_000, "text_encoder_2": 4_762_000_000}
SMALL = {"transformer": 15_000_000, "vae": 5_000_000, "text_encoder": 2_000_000}
ON_CPU = (torch.float32, torch.bfloat16)
ON_CARD = (torch.bfloat16,)


@pytest.mark.parametrize(
    ("parts", "ram", "dtype"),
    [(SMALL, 4, torch.float32), (SDXL, 32, torch.float32), (SDXL, 12, torch.bfloat16), (FLUX, 64, torch.bfloat16)],
)
def test_a_cpu_takes_16_bit_where_32_does_not_fit(parts, ram, dtype):
    chosen = plan(parts, Room(ram * GIB), ON_CPU)
    assert (chosen.dtype, chosen.streamed) == (dtype, frozenset())


@pytest.mark.parametrize(
    ("parts", "card", "streamed"),
    [
        (SMALL, 4, set()),
        (SDXL, 12, set()),
        (SDXL, 8, {"text_encoder_2"}),
        (SDXL, 6, {"unet"}),
        (FLUX, 40, set()),
        (FLUX, 32, {"text_encoder_2"}),
        (FLUX, 16, {"transformer"}),
        (FLUX, 8, {"transformer", "text_encoder_2"}),
        (SDXL, 1, set(SDXL)),
    ],
)
def test_a_card_holds_what_is_used_most_and_the_rest_comes_layer_by_layer(parts, card, streamed):
    chosen = plan(parts, Room(128 * GIB, card * GIB), ON_CARD)
    assert (chosen.dtype, chosen.streamed) == (torch.bfloat16, streamed)
    assert sum(2 * count for name, count in parts.items() if name not in streamed) <= max(0, card * GIB - WORKING)


@pytest.mark.parametrize(
    ("room", "types", "needed"),
    [
        (Room(6 * GIB), ON_CPU, "9.1"),
        (Room(6 * GIB, 24 * GIB), ON_CARD, "6.9"),
        (Room(6 * GIB), (torch.float16,), "9.1"),  # an Apple chip's memory is the machine's own
    ],
)
def test_what_does_not_fit_into_the_machine_is_refused_with_numbers(room, types, needed):
    with pytest.raises(ModelTooLarge) as caught:
        plan(SDXL, room, types, "sdxl")
    assert caught.value.details == {"source": "sdxl", "needed": needed, "free": "6.4"}


def test_this_machine_has_some_room():
    room = measure_room(torch.device("cpu"))
    assert room.ram > 0
    assert room.card is None


def test_a_cpu_without_memory_is_told_from_other_trouble():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    assert ran_out(caught.value)
    assert ran_out(MemoryError())
    assert ran_out(torch.OutOfMemoryError("CUDA out of memory."))
    assert ran_out(RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"))
    assert not ran_out(RuntimeError("shape mismatch"))
    assert not ran_out(ValueError("out of memory"))


# Blocks that malloc takes from its heap; the last one stays, so that what is below can't simply be cut off.
HELD = """
import psutil
from pipelines import memory
blocks = [bytes(64_000) for _ in range(3_000)]
del blocks[:-1]
held = psutil.Process().memory_info().rss
memory.trim()
print((held - psutil.Process().memory_info().rss) / 2**20)
"""
SCATTERED = """
import ctypes, sys, threading
from pipelines import memory
if sys.argv[1] == "gather":
    memory.gather()
gate = threading.Barrier(12)
def work():
    gate.wait()
    blocks = [bytes(64_000) for _ in range(200)]
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def run(code, *arguments):
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps what is freed")
def test_what_is_free_is_given_back():
    assert float(run(HELD)) > 100


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps what is freed")
def test_free_memory_is_kept_in_few_places():
    assert run(SCATTERED, "gather").count("<heap nr=") <= 2 < run(SCATTERED, "scatter").count("<heap nr=")
