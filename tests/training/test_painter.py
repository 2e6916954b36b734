import json

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler

from training import painter, upsampler
from training.feed import Feed
from training.scenes.store import SceneStore, scene_at
from training.scope import Scope


def test_the_scheduler_inverts_our_noise():
    """Sample with the exact clean prediction for Gaussian data: the data's mean and spread must come out."""
    mean, spread = 0.3, 0.2
    scheduler = DPMSolverMultistepScheduler(prediction_type="sample", use_flow_sigmas=True)
    scheduler.set_timesteps(40)
    x = torch.randn(20_000, generator=torch.Generator().manual_seed(0))
    for timestep, sigma in zip(scheduler.timesteps, scheduler.sigmas, strict=False):
        assert int(timestep) == pytest.approx(float(sigma) * 1000, abs=1)
        kept, share = 1 - sigma, sigma
        gain = kept * spread**2 / (kept**2 * spread**2 + share**2)
        x = scheduler.step(mean + gain * (x - kept * mean), timestep, x).prev_sample
    assert float(x.mean()) == pytest.approx(mean, abs=0.01)
    assert float(x.std()) == pytest.approx(spread, rel=0.06)


@pytest.fixture
def small(tmp_path, monkeypatch):
    config = json.loads((painter.CONFIGS / "painter.json").read_text())
    config |= {"scenes": 100, "scenes_to_start": 100, "reading_steps": 2, "batch": 2}
    config["transformer"] |= {
        "num_layers": 1,
        "attention_head_dim": 8,
        "num_attention_heads": 2,
        "cross_attention_dim": 16,
    }
    config["text"] |= {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config["loop"] |= {"steps": 2, "log_every": 1}
    (tmp_path / "painter.json").write_text(json.dumps(config))
    tiny = json.loads((painter.CONFIGS / "upsampler.json").read_text())
    tiny |= {"scenes": 2, "batch": 4, "crop": 32}
    tiny["autoencoder"] |= {"encoder_block_out_channels": [4, 4, 4], "decoder_block_out_channels": [4, 4, 4]}
    tiny["loop"] |= {"steps": 2, "log_every": 1}
    (tmp_path / "upsampler.json").write_text(json.dumps(tiny))
    monkeypatch.setattr(upsampler, "CONFIGS", tmp_path)
    return tmp_path


def test_both_trainings_run_resume_and_save_a_pipeline_that_loads(small):
    from pipelines.image import ImageParams, ImagePipeline

    upsampler.main(["--run", str(small / "upsampler"), "--device", "cpu"])
    command = ["--run", str(small / "painter"), "--device", "cpu", "--config", str(small / "painter.json")]
    painter.main([*command, "--steps", "1"])
    painter.main(command)
    rows = [json.loads(line) for line in (small / "painter" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row] == [1, 2]
    assert rows[-1]["error_right_words"] > 0
    mend = ["--run", str(small / "upsampler"), "--device", "cpu", "--painter", str(small / "painter"), "--steps", "3"]
    upsampler.main(mend)
    pipeline = ImagePipeline.load(small / "painter" / "model", torch.device("cpu"), torch.float32)
    params = ImageParams(prompt="a boat 月光", num_inference_steps=2)
    *_, last = pipeline.generate(lambda: params, 0)
    assert last.pictures[0].size == (256, 256)

    grown = json.loads((small / "painter.json").read_text())
    grown["transformer"]["num_layers"] = 2
    tokenizer = painter.build_tokenizer()
    tokenizer.add_tokens(["zeppelin"])
    further = painter.Painter(grown, len(tokenizer)).eval()
    painter.start_from(further, tokenizer, small / "painter" / "model")
    words = tokenizer("a boat 月光", return_tensors="pt")
    noisy = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    before = painter.Painter(json.loads((small / "painter.json").read_text()), len(tokenizer) - 1).eval()
    before.transformer.load_state_dict(pipeline.pipe.transformer.state_dict())
    before.text_encoder.load_state_dict(pipeline.pipe.text_encoder.state_dict(), strict=False)
    given = (noisy, torch.tensor([0.7]), words.input_ids, words.attention_mask)
    assert torch.allclose(before(*given), further(*given), atol=1e-5)


def test_a_batch_depends_on_seed_and_step_alone(tmp_path):
    store = SceneStore(tmp_path, 100, 64, 0)
    list(store.fill())
    store.refresh()
    tokenizer = painter.build_tokenizer()
    draws = [painter.Batches(store, tokenizer, 4, 3).draw(step) for step in (5, 5, 6)]
    for first, again in zip(draws[0], draws[1], strict=True):
        assert torch.equal(first, again)
    assert not torch.equal(draws[0][0], draws[2][0])
    assert draws[0][0].dtype == torch.uint8
    feed = Feed(painter.Batches(store, tokenizer, 4, 3).draw, 1)
    for step in (5, 6, 5):
        for ahead, asked in zip(feed(step), painter.Batches(store, tokenizer, 4, 3).draw(step), strict=True):
            assert torch.equal(ahead, asked)


def test_a_painter_that_is_to_know_less_sees_and_names_no_more(tmp_path):
    scope = Scope.read({"subjects": ["house", "cat", "moon"], "places": ["meadow", "village", "sea"], "fresh": ["cat"]})
    tokenizer = painter.build_tokenizer(scope)
    assert {"cat", "kitten", "house", "village"} & set(tokenizer.get_vocab()) == {"cat", "kitten", "house", "village"}
    assert not {"dog", "desert", "狗"} & set(tokenizer.get_vocab())
    painter.export_words(tmp_path, scope)
    told = json.loads((tmp_path / "words.json").read_text())
    assert (set(told["subject"]), set(told["place"])) == (scope.subjects, scope.places)
    store = SceneStore(tmp_path, 1000, 64, 0)
    list(store.fill(2))
    batches = painter.Batches(store, tokenizer, 200, 3, scope)
    ids = batches.draw(1)[2]
    said = [set(tokenizer.convert_ids_to_tokens(row)) for row in ids]
    cats = sum(bool({"cat", "cats", "kitten", "kittens", "猫"} & words) for words in said)
    assert 0.4 < cats / len(said) < 0.8
    unknown = sum("[UNK]" in words for words in said)
    assert unknown < 0.2 * len(said)  # the words that were hidden on purpose


def test_a_second_painter_sees_only_what_is_new_one_of_a_kind_and_in_fair_weather(tmp_path):
    config = json.loads((painter.CONFIGS / "painter-second.json").read_text())
    scope = Scope.read(config)
    known = set(painter.build_tokenizer(scope).get_vocab())
    assert {"cat", "panda", "city", "boat", "猫"} <= known
    assert not {"two", "rain", "cats", "boats", "deer", "鹿"} & known
    assert not scope.tables["weather"]
    assert not scope.tables["count"]
    store = SceneStore(tmp_path, 1000, 64, 0)
    list(store.fill(2))
    batches = painter.Batches(store, painter.build_tokenizer(scope), 50, 3, scope, config["fresh_looks"])
    batches.draw(1)
    assert batches._fresh
    for index in batches._fresh:
        scene = store.scenes[index]
        assert not scene.weather
        assert {subject.count for subject in scene.subjects} <= {1}
        assert {scene.place, *(subject.name for subject in scene.subjects)} & scope.fresh


def test_what_an_old_text_encoder_reads_stays_while_new_words_are_learned(small):
    from training.reading import teach

    old, new = (Scope.read({"subjects": names, "most": 1}) for names in (["house", "boat"], ["house", "boat", "cat"]))
    config = json.loads((small / "painter.json").read_text())
    before, tokenizer = painter.Painter(config, len(painter.build_tokenizer(old))), painter.build_tokenizer(old)
    decoder = AutoencoderTiny(**json.loads((small / "upsampler.json").read_text())["autoencoder"])
    decoder.save_pretrained(small / "upsampler")
    painter.save_painter(before, tokenizer, small / "upsampler", small / "old", old)
    further, more = painter.Painter(config, len(painter.build_tokenizer(new))), painter.build_tokenizer(new)
    fresh = painter.start_from(further, more, small / "old")
    assert fresh[more.vocab["cat"]]
    assert not fresh[more.vocab["house"]]
    assert int(fresh.sum()) == len(more) - len(tokenizer)
    told = {name: tensor.clone() for name, tensor in further.text_encoder.state_dict().items()}
    table = "embeddings.word_embeddings.weight"
    teach(further.text_encoder, more, 20, 0, batch=8, scope=new, fresh=fresh)
    learned = further.text_encoder.state_dict()
    assert all(torch.equal(learned[name], told[name]) for name in told if name != table)
    assert torch.equal(learned[table][~fresh], told[table][~fresh])
    assert (learned[table][fresh] != told[table][fresh]).any(1).all()


@pytest.mark.parametrize(("name", "lift"), [("house", 0.5), ("fish", 0.0), ("moon", 0.0)])
def test_a_subject_counts_thrice_its_surroundings(name, lift):
    scenes = (scene_at(0, index) for index in range(2000))
    scene = next(scene for scene in scenes if [(s.name, s.count) for s in scene.subjects] == [(name, 1)])
    weight = painter.weigh(scene, 64)
    subject = scene.subjects[0]
    rows = np.flatnonzero(weight[:, int(subject.x * 64)] > weight.min() * 2)
    assert weight.max() == pytest.approx(3 * weight.min())
    assert rows.mean() == pytest.approx((subject.base - subject.height * lift) * 64, abs=1.5)
    assert weight.mean() == pytest.approx(1, abs=1e-5)


def test_the_decoder_enlarges_four_times():
    config = json.loads((painter.CONFIGS / "upsampler.json").read_text())["autoencoder"]
    autoencoder = AutoencoderTiny(**config)
    assert autoencoder.decode(torch.zeros(1, 3, 16, 16)).sample.shape == (1, 3, 64, 64)
    assert autoencoder.encode(torch.zeros(1, 3, 64, 64)).latents.shape == (1, 3, 16, 16)


def test_a_text_encoder_learns_to_name_what_a_caption_says():
    from transformers import BertConfig, BertModel

    from training.reading import QUESTIONS, answer, teach

    tokenizer = painter.build_tokenizer()
    torch.manual_seed(0)
    size = {"hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 96}
    shares = teach(BertModel(BertConfig(vocab_size=len(tokenizer), **size)), tokenizer, steps=260, seed=0, batch=32)
    assert set(shares) == set(QUESTIONS)
    assert shares["place"] > 0.25  # one in twelve by chance
    assert shares["subject"] > 0.06  # one in fifty-six by chance
    scene = next(s for i in range(50) if (s := scene_at(0, i)).subjects)
    assert QUESTIONS["place"][answer(scene)[0]] == scene.place
