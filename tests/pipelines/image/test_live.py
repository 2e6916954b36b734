"""A canvas follows its artist: the newest state, few steps, no picture twice."""

from dataclasses import replace

import pytest

from pipelines.errors import OutOfMemory
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.live import GLIMPSE_AFTER, PATIENCE, LiveCanvas

FIRST = ImageParams(prompt="the moon over the sea", live_steps=4, size="32", num_images=3)
SECOND = replace(FIRST, prompt="a red boat")


class Clock:
    """A clock that goes on by `tick` each time a step is taken."""

    def __init__(self, tick=0.01):
        self.time, self.tick = 0.0, tick

    def __call__(self):
        return self.time


class Counted:
    """The tiny painter; counts its steps and lets the clock go on with each."""

    def __init__(self, clock, each=None):
        self.pipeline, self.clock, self.each = ImagePipeline.tiny(), clock, each or (lambda step: None)
        self.begun, self.steps = [], 0

    def generate(self, read, seed):
        self.begun.append((read().prompt, seed))
        for step in self.pipeline.generate(read, seed):
            self.steps += 1
            self.clock.time += self.clock.tick
            self.each(self.steps)
            yield step


@pytest.fixture
def clock():
    return Clock()


def test_it_paints_one_picture_in_the_live_steps_and_then_rests(clock):
    painter = Counted(clock)
    canvas = LiveCanvas(painter, clock)
    frame = canvas.follow(lambda: (FIRST, 7))
    assert frame.step.done
    assert painter.steps == frame.params.num_inference_steps == 4
    assert canvas.follow(lambda: (FIRST, 7)) is None
    assert painter.steps == 4
    *_, last = painter.pipeline.generate(lambda: frame.params, frame.seed)
    assert last.pictures[0].tobytes() == frame.picture.tobytes()
    assert len(last.pictures) == 1


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a tree"}, {"guidance_scale": 1.0}, {"prompt_b": "a boat", "prompt_mix": 0.5}, {"seed_walk": 0.5}],
)
def test_whatever_is_changed_makes_another_picture(clock, change):
    canvas = LiveCanvas(Counted(clock), clock)
    one = canvas.follow(lambda: (FIRST, 7)).picture
    other = canvas.follow(lambda: (replace(FIRST, **change), 7)).picture
    assert one.tobytes() != other.tobytes()
    assert canvas.follow(lambda: (replace(FIRST, **change), 8)).picture.tobytes() != other.tobytes()


def test_a_newer_state_ends_the_picture_in_work(clock):
    now = [FIRST]
    painter = Counted(clock, lambda step: now.__setitem__(0, SECOND) if step == 2 else None)
    frame = LiveCanvas(painter, clock).follow(lambda: (now[0], 1))
    assert frame.params.prompt == SECOND.prompt
    assert [prompt for prompt, _ in painter.begun] == [FIRST.prompt, SECOND.prompt]
    assert painter.steps == 2 + 4


def test_while_everything_keeps_changing_pictures_are_finished_all_the_same(clock):
    clock.tick = 0.05
    count = [0]

    def restless():
        count[0] += 1
        return replace(FIRST, seed_walk=round(count[0] * 0.01, 2)), 1

    canvas = LiveCanvas(Counted(clock), clock)
    frames = [canvas.follow(restless) for _ in range(4)]
    assert all(frame.step.done for frame in frames)
    assert clock.time < 4 * (PATIENCE + 1.5) * 4 * 0.05 + 2


def test_a_slow_picture_is_shown_as_it_clears(clock):
    clock.tick = GLIMPSE_AFTER
    canvas = LiveCanvas(Counted(clock), clock)
    frames = [canvas.follow(lambda: (FIRST, 1)) for _ in range(3)]
    assert [frame.step.done for frame in frames] == [False, False, True]
    assert canvas.follow(lambda: (FIRST, 1)) is None


def test_an_emptied_prompt_paints_nothing_and_an_error_is_told_once(clock):
    def fail(step):
        if step == 1:
            raise OutOfMemory

    canvas = LiveCanvas(Counted(clock, fail), clock)
    assert canvas.follow(lambda: (replace(FIRST, prompt=" "), 1)) is None
    with pytest.raises(OutOfMemory):
        canvas.follow(lambda: (FIRST, 1))
    assert canvas.follow(lambda: (FIRST, 1)) is None
    assert canvas.follow(lambda: (SECOND, 1)).step.done


def test_a_call_beside_one_that_paints_gets_nothing(clock):
    beside = []
    painter = Counted(clock, lambda step: beside.append(canvas.follow(lambda: (SECOND, 2))))
    canvas = LiveCanvas(painter, clock)
    assert canvas.follow(lambda: (FIRST, 1)).params.prompt == FIRST.prompt
    assert beside == [None] * 4
