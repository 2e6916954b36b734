"""The composer's second generation: gaps in what it learns from, a start from a smaller one, grooves, a toy run."""

import io
import json
import tarfile
from dataclasses import replace

import mido
import numpy as np
import pytest
import torch

from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import DRUMS, STYLES
from pipelines.melody.vocabulary import END, FILE, GIVEN, HEADER_LENGTH, MAKE, WORDS, encode, save_words
from training.composer import CONFIG, open_gap, parse, start_from
from training.decoder import DecoderConfig, build_decoder, save_decoder
from training.grooves import read_grooves


def piece(style, seed=3):
    params = MelodyParams(style=style, bars=8)
    *_, last = MelodyPipeline.tiny().generate(lambda: params, seed)
    return last.sketch


@pytest.mark.parametrize("style", STYLES)
def test_a_piece_is_parsed_back(style):
    sketch = piece(style)
    again = parse(np.array(encode(sketch), np.uint16))
    assert encode(again) == encode(sketch)


@pytest.mark.parametrize("style", STYLES)
def test_gaps_are_opened_in_a_share_of_the_pieces(style):
    tokens = np.array(encode(piece(style)), np.uint16)
    rng = np.random.default_rng(1)
    opened = [open_gap(tokens, 0.5, 2000, rng) for _ in range(200)]
    changed = [one for one in opened if not np.array_equal(one, tokens)]
    assert 60 < len(changed) < 120
    assert all(np.array_equal(one[:HEADER_LENGTH], tokens[:HEADER_LENGTH]) for one in changed)
    assert any((one == GIVEN).any() for one in changed) == (len(STYLES[style].parts) > 1)
    assert any((one == MAKE).any() for one in changed)
    assert len(STYLES[style].parts) == 1 or any(one[-1] == END for one in changed)
    assert all(np.array_equal(open_gap(tokens, 1.0, 20, rng), tokens) for _ in range(5))


def test_a_smaller_composer_is_grown_and_at_first_says_the_same(tmp_path):
    config = DecoderConfig.read(CONFIG)
    shape = {**config.model, "hidden_size": 32, "intermediate_size": 32}
    small = build_decoder(replace(config, model={**shape, "num_hidden_layers": 1}))
    save_decoder(small, tmp_path)
    save_words(tmp_path)
    words = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps([*words[:-1], "forgotten"]))
    large = build_decoder(replace(config, model={**shape, "num_hidden_layers": 3})).float()
    start_from(large, tmp_path)
    ids = torch.arange(40)[None]
    with torch.inference_mode():
        before, after = small.float()(ids).logits, large(ids).logits
    assert torch.allclose(before[..., :-1], after[..., :-1], atol=1e-3)
    assert not torch.allclose(before[..., -1], after[..., -1], atol=1e-3)


def test_grooves_are_set_in_bars(tmp_path):
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for beat in range(8):
        track.append(
            mido.Message("note_on", channel=9, note=(36, 40)[beat % 2], velocity=90, time=7 if not beat else 470)
        )
        track.append(mido.Message("note_off", channel=9, note=(36, 40)[beat % 2], time=10))
    track.append(mido.Message("note_on", channel=9, note=22, velocity=5, time=10))
    out = io.BytesIO()
    file.save(file=out)
    with tarfile.open(tmp_path / "grooves.tar.xz", "w:xz") as archive:
        for name in ("1_rock_120_beat_4-4.mid", "2_rock_120_fill_4-4.mid"):
            info = tarfile.TarInfo(f"groove/{name}")
            info.size = len(out.getvalue())
            archive.addfile(info, io.BytesIO(out.getvalue()))
    (groove,) = read_grooves(tmp_path / "grooves.tar.xz")
    assert (groove.style, groove.tempo) == ("drums", 120)
    assert groove.voices[DRUMS][:3] == [(0, 3, 36), (24, 3, 38), (48, 3, 36)]
    assert len(WORDS) == DecoderConfig.read(CONFIG).model["vocab_size"]
