"""The text pipeline: read the page, write on, one token a step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import torch
from torch import Tensor

from pipelines import sampling
from pipelines.decoding import Picked, decode
from pipelines.errors import BrokenModel, EndlessThought
from pipelines.llama import fuse, open_decoder
from pipelines.params import narrow
from pipelines.text.conversation import ask, find_turn_end
from pipelines.text.forms.catalog import open_books, open_verse
from pipelines.text.forms.names import FREE
from pipelines.text.forms.search import Poet
from pipelines.text.forms.spelling import Speller
from pipelines.text.layout import is_ours, lay_out, plain
from pipelines.text.params import TextParams
from pipelines.text.phrases import LONGEST, Banned, banner, find_end, split_phrases
from pipelines.text.prompt import END
from pipelines.text.stream import Stream
from pipelines.text.thoughts import LONGEST_THOUGHT, MARKS, Thoughts, find_opened
from pipelines.text.vocabulary import assemble
from pipelines.weights import own, read_card, require_causal_lm

LONGEST_CONTEXT = 8192
PENALTY_WINDOW = 256
LIKELIEST = 8
SPELLED = 20_000  # a vocabulary has its commonest tokens first

State = Literal["working", "thinking", "waiting"]


@dataclass(frozen=True)
class TextStep:
    """The work after one more token.

    `text` is all that was written so far (without the page), `piece` what this token added to it: it is empty while a
    character is half there. `index` counts tokens from 1, `total` is the limit now in force, `probability` in [0, 1]
    is the model's own, before temperature, and None where a server doesn't tell it; `alternatives` are the likeliest
    pieces with theirs. `fallen` is how many characters at the page's start the model no longer saw. While a model
    thinks, and while a server is silent, steps come with an empty piece; thoughts don't count towards `max_tokens`.
    """

    text: str
    piece: str
    index: int
    total: int
    probability: float | None
    alternatives: tuple[tuple[str, float], ...] = ()
    fallen: int = 0
    state: State = "working"

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was written, of each voice: there is one."""
        return (self.text,)


class TextPipeline:
    """Any causal language model with its tokenizer: our writer, a base model, a chat model."""

    params_type = TextParams

    def __init__(self, model: Any, tokenizer: Any, card: dict[str, dict[str, Any]] | None = None) -> None:
        self.model = model.eval()
        self.knobs = narrow(TextParams.knobs(), card or {})
        self.tokenizer = tokenizer
        shape = model.config.get_text_config()
        limit: int = getattr(shape, "max_position_embeddings", LONGEST_CONTEXT)
        self.context = min(limit, LONGEST_CONTEXT)
        self.llama = fuse(model)
        self._words: dict[int, bool] = {}
        self._pieces: dict[int, str] = {}
        self.marks = _find_marks(tokenizer)
        self.likeliest = LIKELIEST
        self.speller = Speller(tokenizer)
        self.ends = _end_tokens(model, tokenizer)
        self.opened: str | None = None
        if tokenizer.chat_template and not is_ours(tokenizer):
            self.ends |= {end} if (end := find_turn_end(tokenizer)) is not None else set()
            self.opened = find_opened(ask(tokenizer, TextParams())[1])
        self.size = min(len(tokenizer), int(shape.vocab_size))
        unwanted = sorted(_control_tokens(tokenizer) - self.ends - self.marks.keys())
        self.unwanted = torch.tensor([i for i in unwanted if i < self.size], dtype=torch.long)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, *, chat: bool = True) -> Self:
        """Load a `save_pretrained` folder; raise WrongKind or BrokenModel.

        A model with a chat template is asked in a conversation; without `chat` it goes on from the page all the same.
        """
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer

        require_causal_lm(folder, str(folder), "text")
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=str(folder)) from error
        if not chat:
            tokenizer.chat_template = None
        return cls(own(model, device), tokenizer, read_card(folder))

    @classmethod
    def tiny(cls, seed: int = 0) -> Self:
        """Return a pipeline with random weights, real classes and a made-up vocabulary; for tests."""
        from transformers import LlamaConfig, LlamaForCausalLM

        tokenizer = assemble(["\n", *"abcdefghijklmnopqrstuvwxyz,. 月山水花风，。"], [])
        shape = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=64,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = LlamaForCausalLM(shape)
        return cls(model, tokenizer)

    def warm(self) -> None:
        """Do what else the first poem in a verse form would wait for: open the rhyme books, spell the common tokens."""
        open_books()
        for token in range(min(self.size, SPELLED)):
            self.speller.split(b"", token)

    def generate(self, read: Callable[[], TextParams], seed: int) -> Iterator[TextStep]:
        """Write on from the page until the model ends its text or `max_tokens` is reached.

        `read` is called once for each token; the first call is the start's too.
        """
        params = read()
        verse = None if params.verse_form == FREE else open_verse(params.verse_form, params.language, params.prompt)
        laid = lay_out(self.tokenizer, params, self.context - 1)
        generator = torch.Generator().manual_seed(seed)
        stream = Stream(self.decode_tokens, laid.tokens)
        thoughts = Thoughts(self.opened)
        text, index, thought = "", 0, 0

        def pick(logits: Tensor, tokens: Sequence[int]) -> Picked:
            nonlocal params
            if index:  # the first token is chosen under what the work began with
                params = read()
            if poet:
                choose = poet.choose
                return self._pick(logits, lambda allowed: choose(allowed, tokens, params, generator))
            peek = stream.peek if text else lambda token: join(params.prompt, stream.peek(token), laid.fresh)
            banned = banner(params.banned_words, params.prompt[-LONGEST:] + text, peek)
            return self._pick(logits, lambda allowed: self._choose(allowed, tokens, params, generator, banned))

        decoder = open_decoder(self.model, self.llama, self.context)
        poet = None if verse is None else Poet(verse, params.prompt, self.speller, self._weigh, decoder)
        for picked in decode(decoder, laid.tokens, pick, laid.keep):
            index += 1
            if picked.token in self.ends:
                break
            mark = self.marks.get(picked.token)
            piece = stream.add(picked.token) if mark is None else mark if laid.fresh and not text else ""
            if laid.fresh:
                piece = thoughts.add(piece)
                thought += thoughts.thinking
            if not text:
                piece = join(params.prompt, piece, laid.fresh)
            end = find_end(params.prompt[-LONGEST:] + text, piece, split_phrases(params.stop_words))
            piece = piece[:end]
            text += piece
            others = tuple((self.show(token), chance) for token, chance in picked.likeliest)
            state: State = "thinking" if thoughts.thinking else "working"
            total = params.max_tokens + thought
            yield TextStep(text, piece, index, total, picked.probability, others, laid.fallen, state)
            if index >= total or end is not None or thought >= LONGEST_THOUGHT or (poet and poet.done):
                break
        if thoughts.thinking:
            raise EndlessThought

    @torch.inference_mode()
    def _pick(self, logits: Tensor, choose: Callable[[Tensor], int]) -> Picked:
        logits = self._allow(logits)
        chances = logits.softmax(0)
        likeliest = chances.topk(min(self.likeliest, self.size))
        token = choose(logits)
        others = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        return Picked(token, float(chances[token]), tuple(others))

    def _choose(
        self, logits: Tensor, tokens: Sequence[int], params: TextParams, generator: torch.Generator, banned: Banned
    ) -> int:
        logits = self._make_dearer(logits.unsqueeze(0), [tokens], params)[0]
        token = _draw(logits, params, generator)
        while banned is not None and banned(token):
            logits = logits.index_fill(0, torch.tensor([token]), sampling.NOTHING)
            token = _draw(logits, params, generator)
        return token

    def _weigh(self, rows: Tensor, texts: Sequence[Sequence[int]], params: TextParams) -> Tensor:
        return self._make_dearer(self._allow(rows), texts, params)

    def _allow(self, logits: Tensor) -> Tensor:
        """Return the logits without tokens that are never written."""
        return logits[..., : self.size].index_fill(-1, self.unwanted, sampling.NOTHING)

    def _make_dearer(self, rows: Tensor, texts: Sequence[Sequence[int]], params: TextParams) -> Tensor:
        """Return rows of logits, in each the words among the newest tokens of its text less likely."""
        if params.repetition_penalty == 1:
            return rows
        size = rows.shape[-1]
        newest = enumerate(text[-PENALTY_WINDOW:] for text in texts)
        words = [row * size + token for row, text in newest for token in text if self._is_word(token)]
        return sampling.penalise_repetition(rows.reshape(-1), words, params.repetition_penalty).view_as(rows)

    def show(self, token: int) -> str:
        """Return a token as text of its own."""
        if token not in self._pieces:
            self._pieces[token] = "" if token in self.ends else self.decode_tokens([token])
        return self._pieces[token]

    def plain(self, text: str) -> list[int]:
        """Return text as tokens; a control token typed in it stays letters."""
        return plain(self.tokenizer, text)

    def _is_word(self, token: int) -> bool:
        """Tell whether a token has a letter in it: marks and line ends may be repeated, verse lives on them."""
        if token not in self._words:
            self._words[token] = any(letter.isalnum() for letter in self.decode_tokens([token]))
        return self._words[token]

    def decode_tokens(self, tokens: list[int]) -> str:
        """Return tokens as text, special ones left out."""
        text: str = self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text


def _draw(logits: Tensor, params: TextParams, generator: torch.Generator) -> int:
    logits = sampling.keep_top_k(logits, params.top_k)
    logits = sampling.keep_top_p(logits, params.top_p)
    logits = sampling.keep_min_p(logits, params.min_p)
    return sampling.sample(logits, params.temperature, generator)


def join(page: str, piece: str, fresh: bool) -> str:
    """Return the first piece so that it sits well against the page's end.

    The page's last blanks were held back, because a token carries the blank before its word: they are not written
    twice. A reply (`fresh`) starts without a blank, so a Western word gets one.
    """
    blanks = len(page) - len(page.rstrip(" "))
    if fresh and page and not page[-1].isspace() and piece[:1].isascii() and piece[:1].isalnum():
        return " " + piece
    return piece[min(blanks, len(piece) - len(piece.lstrip(" "))) :]


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return every token that ends a text: the tokenizer's, the configuration's, the writer's own."""
    ends: set[int] = set()
    shape = model.config.get_text_config()
    settings = getattr(model, "generation_config", None)
    for found in (tokenizer.eos_token_id, getattr(settings, "eos_token_id", None), shape.eos_token_id):
        if found is not None:
            ends |= {found} if isinstance(found, int) else set(found)
    if END in tokenizer.get_vocab():
        ends.add(tokenizer.convert_tokens_to_ids(END))
    return frozenset(ends)


def _control_tokens(tokenizer: Any) -> set[int]:
    """Return every token that is no text."""
    added = tokenizer.added_tokens_decoder.items()
    return set(tokenizer.all_special_ids) | {index for index, mark in added if mark.special}


def _find_marks(tokenizer: Any) -> dict[int, str]:
    """Return the tokens that stand for a mark around thoughts, as text."""
    vocabulary = tokenizer.get_vocab()
    return {vocabulary[mark]: mark for pair in MARKS.items() for mark in pair if mark in vocabulary}
