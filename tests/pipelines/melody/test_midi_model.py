"""A midi-model in the files that the hub has, untrained and small: all that is real but its weights and its size."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import mido
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import LlamaConfig, LlamaModel

from pipelines.errors import BrokenModel, MidiTooLarge, NoNotes, UnreadableMidi, UnreadableOpening, WrongKind
from pipelines.melody.midi import write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.players import ENSEMBLES, PERCUSSION
from pipelines.melody.published.midi_model import network
from pipelines.melody.published.midi_model import vocabulary as words
from pipelines.melody.published.midi_model.network import Reader
from pipelines.melody.published.midi_model.pipeline import MidiModelPipeline, write_score
from pipelines.melody.published.midi_model.reading import read_midi
from pipelines.melody.published.midi_model.vocabulary import Struck, Tune, read_text, write_text
from pipelines.params import build
from pipelines.take import Tape, play

CPU = torch.device("cpu")
LLAMA = {"model_type": "llama", "max_position_embeddings": 128, "pad_token_id": 0, "use_cache": False}
TUNE = Tune(
    {0: 73, 1: 0, 9: 0},
    (Struck(0, 0, 74, 90, 8), Struck(0, 9, 36, 100, 1), Struck(8, 0, 76, 90, 7), Struck(33, 1, 50, 64, 3)),
)


def write_config(folder, **changes):
    """Write `config.json` as it lies beside skytnt/midi-model-tv2o-medium, with smaller nets."""
    part = LLAMA | {"hidden_size": 16, "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 3406}
    config = {
        "architectures": ["MIDIModel"], "model_type": "midi_model", "n_embd": 16,
        "net_config": part | {"intermediate_size": 32, "num_hidden_layers": 2},
        "net_token_config": part | {"intermediate_size": 16, "num_hidden_layers": 1},
        "tokenizer": {"version": "v2", "optimise_midi": True, "vocab_size": 3406, "max_token_seq": 8},
        "torch_dtype": "bfloat16", "transformers_version": "4.44.2",
    } | changes  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    return config


def save_tiny(folder, **changes):
    """Save a checkpoint of the published shape, in 16 bit as they are; return its two nets and its head."""
    folder.mkdir(exist_ok=True)
    config = write_config(folder, **changes)
    torch.manual_seed(0)
    whole = nn.Module()
    whole.net = LlamaModel(LlamaConfig(**config["net_config"]))
    whole.net_token = LlamaModel(LlamaConfig(**config["net_token_config"]))
    whole.lm_head = nn.Linear(16, 3406, bias=False)
    for weights in whole.parameters():
        nn.init.normal_(weights, std=0.3)
    whole.bfloat16()
    tensors = {name: value.contiguous() for name, value in whole.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return whole.float().eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("midi-model")


@pytest.fixture(scope="module")
def whole(folder):
    return save_tiny(folder)


@pytest.fixture(scope="module")
def tiny(folder, whole):
    return MelodyPipeline.load(folder, CPU, torch.float32)


@pytest.fixture(scope="module")
def composer():
    return MelodyPipeline.load(Path("assets/models/composer"), CPU, torch.float32)


def compose(pipeline, seed=3, **values):
    params = build(MelodyParams, {"bars": 4, "density": 0.5, "top_k": 0, "top_p": 1.0} | values, pipeline.knobs)
    return list(pipeline.generate(lambda: params, seed))


def test_the_tokens_are_the_published_ones():
    # By hand from the published table: three signs, six kinds of event, then each parameter's values in one row:
    # time1 128, time2 16, duration 2,048, track 128, channel 16, pitch, velocity, patch, controller, value 128 each,
    # bpm 384, nn 16, dd 4, sf 15, mi 2: 3,406 words.
    assert (words.PAD, words.BEGIN, words.END, words.SIZE, words.ROW) == (0, 1, 2, 3406, 8)
    assert [*words.KINDS.values()] == [3, 4, 5, 6, 7, 8]
    assert [*words.FIRST.values()] == [
        9, 137, 153, 2201, 2329, 2345, 2473, 2601, 2729, 2857, 2985, 3369, 3385, 3389, 3404,
    ]  # fmt: skip
    head = words.begin("6/8", "D", "minor", 60, {0: 73, 9: 0})
    assert head == [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [7, 9, 137, 2201, 3374, 3387, 0, 0],  # six eighths
        [8, 9, 137, 2201, 3395, 3405, 0, 0],  # one flat, minor
        [6, 9, 137, 2201, 3075, 0, 0, 0],  # 60 dotted quarters are 90 quarters
        [4, 9, 137, 2202, 2329, 2674, 0, 0],
        [4, 9, 137, 2203, 2338, 2601, 0, 0],
    ]
    assert words.write_rows(TUNE) == [
        [3, 9, 137, 2202, 2329, 2419, 2563, 161],
        [3, 9, 137, 2204, 2338, 2381, 2573, 154],
        [3, 9, 145, 2202, 2329, 2421, 2563, 160],
        [3, 11, 138, 2203, 2330, 2395, 2537, 156],
    ]
    assert words.decode([*words.begin("4/4", "C", "major", 120, TUNE.programs), *words.write_rows(TUNE)]) == TUNE


@pytest.mark.parametrize(
    ("key", "mode", "signed"),
    [("C", "major", (7, 0)), ("F#", "major", (13, 0)), ("Db", "major", (2, 0)), ("A", "dorian", (8, 1))],
)
def test_keys_are_signed_by_their_fifths(key, mode, signed):
    assert words.sign_key(key, mode) == signed


def test_every_parameter_has_a_word_whatever_is_asked_for():
    for metre in MelodyParams.knobs()["time_signature"].domain.choices:
        above, below = words.sign_metre(metre)
        assert f"{above + 1}/{2 ** (below + 1)}" == metre
        assert words.count_quarters(200, metre) < 384
    assert words.tell(128 * 16 * 9 + 5, 0, 1) == (127, 5, 1)


@pytest.mark.parametrize("style", ["chorale", "song", "quartet", "drums", "lead"])
def test_our_own_pieces_come_back_whole(composer, style):
    params = build(MelodyParams, {"style": style, "bars": 6, "time_signature": "3/4"})
    *_, last = composer.generate(lambda: params, 4)
    score = last.finish()
    tune = read_midi(write_midi(score))
    assert len(tune.notes) == len({(n.start_ticks, n.voice, n.pitch) for n in score.notes})
    assert words.decode(words.write_rows(tune)).notes == tune.notes
    assert read_text(write_text(tune, 60_000)) == tune
    again = write_score(tune, params, score.bars)
    assert read_midi(write_midi(again)) == tune
    assert again.length_ticks == score.length_ticks


def test_a_foreign_file_is_read_as_the_published_tokenizer_reads_it():
    file = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for message in (
        mido.Message("program_change", channel=5, program=40), mido.Message("note_on", channel=5, note=60, time=47),
        mido.Message("note_on", channel=9, note=36, time=0), mido.Message("note_off", channel=9, note=36, time=1),
        mido.Message("note_on", channel=5, note=60, time=48), mido.Message("note_off", channel=5, note=60, time=10),
        mido.Message("note_off", channel=5, note=60, time=86), mido.Message("program_change", channel=5, program=7),
        mido.Message("note_on", channel=2, note=90, velocity=1), mido.MetaMessage("end_of_track", time=24),
    ):  # fmt: skip
        track.append(message)
    out = BytesIO()
    file.save(file=out)
    # A sixteenth of a quarter is six ticks: 47 is the eighth; a note struck again ends there; channels move up.
    assert read_midi(out.getvalue()) == Tune(
        {0: 40, 1: 0, 9: 0},
        (Struck(8, 0, 60, 64, 8), Struck(8, 9, 36, 64, 1), Struck(16, 0, 60, 64, 16), Struck(32, 1, 90, 1, 4)),
    )


def test_bad_files_and_texts_end_in_sentences():
    with pytest.raises(UnreadableMidi):
        read_midi(b"no music")
    with pytest.raises(MidiTooLarge):
        read_midi(bytes(300_000))
    empty = BytesIO()
    mido.MidiFile(tracks=[mido.MidiTrack()]).save(file=empty)
    with pytest.raises(NoNotes):
        read_midi(empty.getvalue())
    assert read_text(write_text(TUNE, 1000)) == TUNE
    for bad in ("1", "0,16,60,64,1", "0,0,60,0,1", "0,0,60,64,0", "-1,0,60,64,1", "a,b", "3,128", "1,2,3"):
        with pytest.raises(UnreadableOpening):
            read_text(bad)


def test_the_logits_are_those_of_the_whole_model_read_afresh(folder, whole):
    rows = [*words.begin("4/4", "C", "major", 120, TUNE.programs), *words.write_rows(TUNE)]
    event = words.encode("note", [0, 3, 1, 2, 60, 90, 12])
    with torch.inference_mode():
        states = whole.net(inputs_embeds=whole.net.embed_tokens(torch.tensor([rows])).sum(dim=-2)).last_hidden_state
        tokens = whole.net_token.embed_tokens(torch.tensor([event[:-1]]))
        inside = torch.cat([states[:, -1:], tokens], dim=1)
        wanted = whole.lm_head(whole.net_token(inputs_embeds=inside).last_hidden_state)[0]
    reader = Reader(network.load(folder, CPU, torch.float32, "tiny"), rows[:4], 128)
    for row in rows[4:7]:
        reader.add(row)
    reader.open()
    for row in rows[7:]:
        reader.add(row)
    read = torch.stack([reader.open(), *map(reader.step, event[:-1])])
    assert torch.allclose(read, wanted, atol=1e-4)


def test_a_full_context_keeps_the_head_and_the_newest(folder, whole):
    head, row = words.begin("4/4", "C", "major", 120, {0: 0}), words.encode("note", [0, 3, 1, 0, 60, 90, 12])
    other = words.encode("note", [9, 9, 9, 9, 9, 9, 9])
    nets = network.load(folder, CPU, torch.float32, "tiny")
    long, short = (Reader(nets, head, 16) for _ in range(2))
    for one in [other] * 9:
        long.add(one)
    for one in [row] * 8:
        long.add(one)
        short.add(one)
    assert torch.allclose(long.open(), short.open(), atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_an_untrained_model_writes_a_valid_piece_beyond_its_context(tiny, seed):
    steps = compose(tiny, seed, bars=32, density=0.8)
    last = steps[-1]
    assert last.index > 128
    assert last.bars_done == last.total == 32
    notes = last.tune.notes
    assert all(0 <= n.time < n.time + n.length <= 32 * 64 and n.velocity and n.length for n in notes)
    assert len({(n.time, n.channel, n.pitch) for n in notes}) == len(notes)
    assert {n.channel for n in notes} <= last.tune.programs.keys()
    ordered = [step.tune.notes for step in steps]
    assert all(set(before) <= set(after) for before, after in zip(ordered, ordered[1:], strict=False))
    file = write_midi(last.finish())
    assert mido.MidiFile(file=BytesIO(file)).length == pytest.approx(last.finish().seconds_at(32 * 96), abs=0.01)
    assert {n.channel for n in notes} == {m.channel for t in mido.MidiFile(file=BytesIO(file)).tracks for m in t
                                          if m.type == "note_on"}  # fmt: skip


def test_a_stopped_piece_ends_with_its_bar(tiny):
    step = next(s for s in compose(tiny, bars=32) if s.tune.notes and s.bars_done < s.total)
    assert step.finish().bars <= step.bars_done + 1


def test_who_plays_is_who_was_asked(tiny):
    for name in ("jazz", "strings"):
        last = compose(tiny, ensemble=name, bars=8)[-1]
        programs = {PERCUSSION if c == 9 else p for c, p in last.tune.programs.items()}
        assert programs == set(ENSEMBLES[name])
        assert {n.channel for n in last.tune.notes} <= last.tune.programs.keys()
    assert compose(tiny, instrument="flute")[-1].tune.programs == {0: 73}


def test_register_does_what_it_says(tiny):
    def mean(register):
        notes = compose(tiny, instrument="piano", bars=16, density=0.8, register=register)[-1].tune.notes
        return sum(n.pitch for n in notes) / len(notes)

    assert mean(1.0) > mean(0.0) + 20 > mean(-1.0) + 40


def test_a_file_is_gone_on_from(tiny):
    brought = tiny.bring(write_midi(write_score(TUNE, MelodyParams(time_signature="3/4", tempo=90), 4)))
    assert brought.values["time_signature"] == "3/4"
    assert brought.values["tempo"] == 90
    assert read_text(brought.opening).notes == TUNE.notes
    last = compose(tiny, opening=brought.opening, opening_bars=1, bars=4, time_signature="3/4")[-1]
    assert [n for n in last.tune.notes if n.time < 48] == [*TUNE.notes]
    assert min((n.time for n in last.tune.notes if n not in TUNE.notes), default=48) >= 48
    assert {c: last.tune.programs[c] for c in TUNE.programs} == TUNE.programs
    with_band = compose(tiny, opening=brought.opening, ensemble="jazz", bars=8)[-1].tune
    assert {n.channel for n in with_band.notes if n.time >= 64} <= {1, 9, 2, 3}  # the piano and the drums go on
    text, bars = last.write_opening()
    assert (read_text(text).notes, bars) == (last.tune.notes, 4)


def test_live_knobs_act_on_the_next_event_and_a_take_replays_them(tiny):
    usual = build(MelodyParams, {"bars": 12, "density": 0.8}, tiny.knobs)
    cell = [usual]
    tape, steered = Tape(lambda: cell[0]), []
    for step in tiny.generate(tape, 5):
        steered.append(step)
        if step.index == 10:
            cell[0] = replace(usual, register=1.0, temperature=0.4, tempo=140)
    calm = list(tiny.generate(lambda: usual, 5))
    assert [s.tune for s in steered[:10]] == [s.tune for s in calm[:10]]
    assert steered[-1].tune != calm[-1].tune
    bar = steered[9].bars_done + 1
    assert steered[-1].tempo_changes == ((bar, 140),)
    assert steered[-1].finish().tempo_changes == ((bar, 140.0),)
    take = tape.take(art="music", model="tiny", seed=5)
    *_, again = play(tiny, take, tiny.knobs)
    assert write_midi(again.finish(), take) == write_midi(steered[-1].finish(), take)


def test_broken_and_other_folders_end_in_sentences(folder, tiny, tmp_path):
    assert isinstance(tiny, MidiModelPipeline)
    save_tiny(tmp_path / "first", tokenizer={"version": "v1"})
    with pytest.raises(WrongKind):
        MelodyPipeline.load(tmp_path / "first", CPU, torch.float32)
    for name, damage in {
        "damaged": lambda where: (where / "model.safetensors").write_bytes(b"damaged"),
        "missing": lambda where: save_file({"lm_head.weight": torch.zeros(3406, 16)}, where / "model.safetensors"),
        "another shape": lambda where: write_config(where, net_config=LLAMA | {"hidden_size": 32}),
        "nonsense": lambda where: write_config(where, net_config={"hidden_size": "x"}),
    }.items():
        save_tiny(tmp_path / name)
        damage(tmp_path / name)
        with pytest.raises(BrokenModel):
            MelodyPipeline.load(tmp_path / name, CPU, torch.float32)


def test_the_page_shows_what_acts(tiny):
    shown = {name for name, knob in tiny.knobs.items() if not knob.inert}
    assert shown >= {"key", "mode", "time_signature", "tempo", "ensemble", "instrument", "opening"}
    assert not shown & {"style", "form", "chords", "echo", "draft", "gap_start", "likeness"}
    live = {name for name in shown if tiny.knobs[name].live}
    assert live == {"tempo", "temperature", "density", "register", "pace", "top_p", "top_k"}
