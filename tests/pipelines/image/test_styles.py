"""Styles are many, said in both languages, and offered only with a painter that can do them."""

import json
from pathlib import Path

import pytest
import torch

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.card import read_image_card
from pipelines.image.styles import CHINESE, STYLES, add_style
from pipelines.image.wording import MARKS
from pipelines.params import narrow
from tests.pipelines.image.test_pipeline import ask, paint
from tests.pipelines.image.test_pipeline import pipeline as families  # noqa: F401  a fixture

PAINTER = Path(__file__).parents[3] / "assets" / "models" / "painter"
OFFERED = narrow(ImageParams.knobs(), read_image_card(PAINTER))["style"].domain.choices
NOISE = 5.0  # what a word that the painter doesn't know changes, mean of 0 to 255


def test_at_least_twenty_each_in_both_languages():
    assert len(STYLES) > 20
    for style, (english, chinese) in STYLES.items():
        assert add_style("a house", style) == (f"a house, {english}" if english else "a house")
        assert add_style("房子", style) == (f"房子，{chinese}" if chinese else "房子")
        assert not MARKS & set(english + chinese)
        if style != "none":
            assert not CHINESE.search(english)
            assert CHINESE.search(chinese)
    assert len(set(STYLES.values())) == len(STYLES)


def test_our_painter_is_offered_the_styles_whose_words_it_knows():
    known = json.loads((PAINTER / "words.json").read_text(encoding="utf-8"))["hand"]
    english = {word for entry in known.values() for word in entry["en"]}
    chinese = {word for entry in known.values() for word in entry["zh"]}
    assert OFFERED == tuple(s for s, (en, zh) in STYLES.items() if s == "none" or (en in english and zh in chinese))
    assert len(OFFERED) == 1 + len(known)


def test_each_style_s_words_choose_its_own_hand():
    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32).denoiser
    for style in OFFERED[1:]:
        for prompt in ("a pink boat by the sea", "海边的灯塔"):
            assert painter.encode(add_style(prompt, style)).hands == {style: 1.0}, style
            assert not painter.find_unknown(add_style("a boat", style))


@pytest.mark.parametrize("style", ["watercolour", "oil", "art_deco", "pixel"])
def test_a_style_reaches_every_family(families, style):  # noqa: F811
    plain, styled = (paint(families, ask(style=name, num_inference_steps=2))[-1].pictures for name in ("none", style))
    if families.denoiser is None or hasattr(families.denoiser, "large") or style in OFFERED:
        assert plain[0].tobytes() != styled[0].tobytes()


def test_each_style_changes_what_our_painter_paints():
    torch.set_num_threads(1)
    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)
    for prompt in ("a lake in autumn", "湖边的大树"):
        pictures = {}
        for style in OFFERED:
            params = ImageParams(prompt=prompt, style=style, num_inference_steps=6, num_images=2)
            pictures[style] = b"".join(p.tobytes() for p in paint(painter, params)[-1].pictures)
        for style in OFFERED[1:]:
            pairs = list(zip(pictures["none"], pictures[style], strict=True))
            assert sum(abs(a - b) for a, b in pairs) / len(pairs) > 1.5 * NOISE, (prompt, style)
