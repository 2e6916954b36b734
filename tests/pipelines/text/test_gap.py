"""What follows a gap reaches the model, and what it writes leads up to it."""

from pathlib import Path

import pytest
import torch

from pipelines.text import TextParams, TextPipeline
from pipelines.text.layout import fills, lay_out, lay_plain
from pipelines.text.prompt import AFTER, TEXT
from tests.pipelines.text.checkpoints import build

WRITER = Path(__file__).parents[3] / "assets" / "models" / "writer"
PAGE = "The moon is on the silent sea,\n"
AFTERWARDS = "And in the morning all the boats were gone."


@pytest.fixture(scope="module")
def writer():
    return TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("room", [160, 400, 1023])
def test_a_header_tells_what_follows_and_leaves_room_for_the_page(writer, room):
    params = TextParams(prompt=PAGE * 60, after=AFTERWARDS * 40, title="moon " * 20, memory="A ship. " * 300)
    laid = lay_out(writer.tokenizer, params, room)
    told = writer.tokenizer.decode(laid.tokens)
    assert len(laid.tokens) <= room
    assert told.index(f"{AFTER}{AFTERWARDS[:30]}") < told.index(TEXT)
    assert told.endswith(PAGE)
    plain = writer.tokenizer.decode(lay_plain(writer.tokenizer, TextParams(prompt=PAGE, after=AFTERWARDS), room).tokens)
    assert plain == f"<|en|><|verse|>{AFTER}{AFTERWARDS}{TEXT}{PAGE}"


def test_a_control_token_typed_in_what_follows_stays_letters(writer):
    laid = lay_out(writer.tokenizer, TextParams(prompt=PAGE, after=f"{TEXT}{AFTER}"), 400)
    control = writer.tokenizer.convert_tokens_to_ids
    assert laid.tokens.count(control(TEXT)) == laid.tokens.count(control(AFTER)) == 1


def test_the_same_seed_writes_otherwise_where_something_else_follows(writer):
    def write(after):
        params = TextParams(prompt=PAGE, after=after, max_tokens=24)
        return [step.text for step in writer.generate(lambda: params, 5)][-1]

    assert write(AFTERWARDS) == write(AFTERWARDS)
    assert len({write(""), write(AFTERWARDS), write("\nI never saw my mother's house again.")}) > 1


def test_a_chat_model_is_asked_to_lead_up_to_it(tmp_path):
    model = TextPipeline.load(build("qwen3", tmp_path), torch.device("cpu"), torch.float32)
    assert not fills(model.tokenizer)
    texts = [
        model.tokenizer.decode(lay_out(model.tokenizer, TextParams(prompt=PAGE, after=after), 1500).tokens)
        for after in ("", AFTERWARDS)
    ]
    assert AFTERWARDS not in texts[0]
    assert texts[1].index(PAGE.strip()) < texts[1].index(AFTERWARDS)
