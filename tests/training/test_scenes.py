from dataclasses import replace

import numpy as np
import pytest

from pipelines.image.styles import STYLES as OFFERED
from training.scenes.captions import (
    caption_chinese,
    caption_english,
    pluralise,
    relate_chinese,
    relate_english,
    side_word,
    size_word,
    usual_colour,
)
from training.scenes.kinds import KINDS
from training.scenes.scene import Scene, Subject, draw_scene, paint
from training.scenes.store import SceneStore, held_out_at, scene_at
from training.scenes.words import PLACES, STYLES, SUBJECTS, TIMES
from training.vocabulary import build_tokenizer


def test_every_kind_of_subject_has_words_and_turns_up():
    assert set(KINDS) == set(SUBJECTS)
    rng = np.random.default_rng(0)
    seen = {subject.name for _ in range(600) for subject in draw_scene(rng).subjects}
    assert seen == set(KINDS)


@pytest.mark.parametrize("style", STYLES)
def test_a_record_paints_the_same_picture_again(style):
    scene = next(s for i in range(200) if (s := scene_at(1, i)).style == style)
    assert paint(scene).tobytes() == paint(scene).tobytes()
    assert paint(scene).size == (256, 256)
    assert np.asarray(paint(scene, 64)).std() > 3


def test_captions_say_nothing_untrue():
    rng = np.random.default_rng(0)
    hours = {word: time for time, words in TIMES.items() for word in (*words["en"], *words["zh"])}
    for index in range(400):
        scene = scene_at(2, index)
        for text in (caption_english(scene, rng), caption_chinese(scene, rng)):
            for word, time in hours.items():
                if len(word) > 3 and word in text:
                    assert scene.time == time, text
            if "moonlight" in text or "月光" in text:
                assert any(subject.name == "moon" for subject in scene.subjects)


def test_most_captions_say_what_is_unusual():
    """A subject on a side, of another size or in another colour is nearly always called so."""
    rng = np.random.default_rng(0)
    told = {"left": [], "small": [], "blue": []}
    for scene in (scene_at(3, index) for index in range(1500)):
        if len(scene.subjects) != 1:
            continue
        subject, text = scene.subjects[0], caption_english(scene, rng)
        unusual = {
            "left": side_word(subject) == "left",
            "small": size_word(subject) == "small",
            "blue": subject.colour == "blue" and not usual_colour(subject),
        }
        for word in (word for word, is_so in unusual.items() if is_so):
            told[word].append(any(name in text for name in {"small": ("small", "little")}.get(word, (word,))))
    assert all(len(answers) > 20 and np.mean(answers) > 0.8 for answers in told.values())


def test_every_word_of_a_caption_is_in_the_vocabulary():
    tokenizer = build_tokenizer()
    rng = np.random.default_rng(1)
    for index in range(300):
        for write in (caption_english, caption_chinese):
            text = write(scene_at(4, index), rng)
            assert tokenizer.unk_token_id not in tokenizer(text).input_ids, text


def test_a_store_grows_and_is_read_while_it_grows(tmp_path):
    writer, reader = SceneStore(tmp_path, 250, 64, 5), SceneStore(tmp_path, 250, 64, 5)
    filling = writer.fill()
    assert next(filling) == 100
    assert reader.refresh() == 100
    assert list(filling) == [200, 250]
    assert reader.refresh() == 250
    assert reader.scenes[249] == scene_at(5, 249)
    assert list(SceneStore(tmp_path, 250, 64, 5).fill()) == []
    assert set(PLACES) >= {scene.place for scene in reader.scenes}


def test_what_is_held_out_is_in_no_store_and_made_of_known_words():
    unions = [
        {(s.subjects[-1:] and s.subjects[-1].name, s.place, s.time, s.style) for s in (draw(7, i) for i in range(1500))}
        for draw in (scene_at, held_out_at)
    ]
    assert not unions[0] & unions[1]
    assert {union[0] for union in unions[1]} <= {union[0] for union in unions[0]}
    assert {union[3] for union in unions[1]} == set(STYLES)


def stand(name, x, base=0.87, count=1):
    return Subject(name, "red" if KINDS[name].colours else "", x, base, 0.4, count)


@pytest.mark.parametrize(
    ("other", "ways"),
    [
        (stand("house", 0.28), ("beside", "and", "left of", "right of", "on the left, ")),
        (stand("house", 0.5, base=0.7), ("in front of", "behind")),
        (stand("moon", 0.5, base=0.2), ("under", "above", "and", "with")),
    ],
)
def test_a_caption_says_how_two_things_stand(other, ways):
    scene = Scene("meadow", "day", "", "flat", 0.56, (other, stand("tree", 0.72)), 1)
    texts = {relate_english(scene, tuple(reversed(scene.subjects)), np.random.default_rng(i)) for i in range(200)}
    assert all(any(way in text for text in texts) for way in ways)
    assert all(any(way in text for way in ways) for text in texts)
    said = relate_chinese(scene, tuple(reversed(scene.subjects)), np.random.default_rng(0))
    assert "树" in said


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("a church", "churches"),
        ("a cherry tree", "cherry trees"),
        ("a lily", "lilies"),
        ("a toy", "toys"),
        ("a woman", "women"),
        ("cherry blossoms", "cherry blossoms"),
    ],
)
def test_plurals(name, plural):
    assert " ".join(pluralise(name.split(" "))) == plural


def test_three_of_a_kind_are_said_and_stand_apart():
    three = stand("house", 0.5, count=3)
    scene = Scene("meadow", "day", "", "flat", 0.56, (three,), 1)
    rng = np.random.default_rng(0)
    said = [caption_english(scene, rng) for _ in range(20)]
    assert all("three" in text for text in said)
    assert all("三" in caption_chinese(scene, rng) for _ in range(20))
    assert len(three.spots) == 3
    assert 0 < three.spots[0] < three.spots[1] < three.spots[2] < 1
    one = Scene("meadow", "day", "", "flat", 0.56, (stand("house", 0.5),), 1)
    columns = np.abs(np.asarray(paint(scene, 128), float) - np.asarray(paint(one, 128), float)).mean((0, 2))
    left, right = (columns[int((three.spots[i] - 0.1) * 128) : int((three.spots[i] + 0.1) * 128)] for i in (0, 2))
    assert left.mean() > 10
    assert right.mean() > 10


def test_rain_is_seen_and_said():
    scene = next(s for i in range(400) if (s := scene_at(8, i)).weather and s.time == "day")
    rng = np.random.default_rng(0)
    assert np.mean(["rain" in caption_english(scene, rng) for _ in range(60)]) > 0.85
    wet, dry = (replace(scene, style="flat", weather=weather) for weather in ("rain", ""))
    chroma = [float(np.ptp(np.asarray(paint(one, 64), float)[:12], axis=-1).mean()) for one in (wet, dry)]
    assert chroma[0] < chroma[1] - 30


@pytest.mark.parametrize("style", STYLES)
def test_the_words_a_style_adds_on_the_page_are_words_the_painter_learns(style):
    tokenizer = build_tokenizer()
    assert all(tokenizer.unk_token_id not in tokenizer(words).input_ids for words in OFFERED[style])
    flat, painted = (
        np.asarray(paint(replace(scene_at(1, 3), style=one, time="day"), 128), float) for one in ("flat", style)
    )
    assert style == "flat" or np.abs(flat - painted).mean() > 8
    chroma = np.ptp(painted, axis=-1).mean()
    assert (chroma < 8) == (style in ("pencil", "line", "woodcut"))
