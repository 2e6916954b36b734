import numpy as np
import pytest

from training.scenes.captions import caption_chinese, caption_english, side_word, size_word, usual_colour
from training.scenes.scene import KINDS, draw_scene, paint
from training.scenes.store import SceneStore, scene_at
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
