"""Richer prompts for a painter, from whatever writer the studio has: it chooses among known words, or writes on."""

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.text import TextParams, TextPipeline
from pipelines.text.reading import CHINESE, rank_openings

OFFERS = 3
TRIED = 48  # compositions of known words that the writer judges
WRITTEN_TOKENS = 40
NIGHT = "night"
SKY = {True: ("moon", "birds", "balloon"), False: ("birds", "cloud", "rainbow", "balloon")}  # at night, and else
OPENING = {"en": "A painting of {prompt}, with", "zh": "画中是{prompt}，"}
ENDS = re.compile(r"[.!?;:。！？；：\n]")
Tables = Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]


def enrich(writer: Any, prompt: str, tables: Tables, seed: int) -> list[str]:
    """Return up to three richer prompts in the language of `prompt`, the writer's choice first.

    A painter whose `tables` say what it knows is offered nothing else: its hours, seasons, weathers and things in the
    sky are joined to the prompt, and the writer says which reads best. For another painter the writer writes on.
    """
    language = "zh" if CHINESE.search(prompt) else "en"
    if tables and isinstance(writer, TextPipeline):
        texts = list(dict.fromkeys(compose(prompt, tables, language, seed)))
        fits = rank_openings(writer, TextParams(language=language), texts)
        return _pick_apart([text for _, text in sorted(zip(fits, texts, strict=True), reverse=True)], prompt)
    written = (write_on(writer, prompt, language, seed + index) for index in range(OFFERS))
    return [text for text in dict.fromkeys(written) if text]


def compose(prompt: str, tables: Tables, language: str, seed: int) -> Iterator[str]:
    """Yield the prompt joined with what it leaves open, by lot, in the wordings that the painter knows."""
    dice = random.Random(seed)  # noqa: S311  a choice of words, not a secret
    hours, *others = (_list_wordings(tables.get(name, {}), prompt, language) for name in ("time", "season", "weather"))
    moods = [*itertools.chain(*others), "", ""]
    nights = tables.get("time", {}).get(NIGHT, {}).get(language, ())
    every: list[tuple[str, str, str]] = []
    for hour in hours or [""]:
        dark = hour in nights if hour else any(night in prompt.casefold() for night in nights)
        things = {name: entry for name, entry in tables.get("subject", {}).items() if name in SKY[dark]}
        every += itertools.product([hour], moods, [*_list_wordings(things, prompt, language), "", ""])
    for hour, mood, thing in dice.sample(every, min(TRIED, len(every))):
        if hour or mood or thing:
            yield (
                _join_english(prompt, hour, mood, thing)
                if language == "en"
                else _join_chinese(prompt, hour, mood, thing)
            )


def _list_wordings(table: Mapping[str, Mapping[str, Sequence[str]]], prompt: str, language: str) -> list[str]:
    """Return the wordings of a table of which the prompt holds none yet; none where it does."""
    wordings = [word for entry in table.values() for word in entry[language]]
    said = prompt.casefold()
    return [] if any(word.casefold() in said for word in wordings) else wordings


def _join_english(prompt: str, hour: str, mood: str, thing: str) -> str:
    core = f"{prompt} and {thing}" if thing else prompt
    return " ".join(part for part in (core, mood, hour) if part)


def _join_chinese(prompt: str, hour: str, mood: str, thing: str) -> str:
    lead = "，".join(part for part in (hour, mood) if part)
    return (f"{lead}，" if lead else "") + prompt + (f"和{thing}" if thing else "")


def _pick_apart(texts: Sequence[str], prompt: str) -> list[str]:
    """Return the first few texts that share no added words."""
    chosen: list[str] = []
    used: set[str] = set()
    for text in texts:
        added = set(re.findall(r"[a-z]{4,}|[\u3400-\u9fff]", text.casefold().replace(prompt.casefold(), " ")))
        if not added & used:
            chosen.append(text)
            used |= added
        if len(chosen) == OFFERS:
            break
    return chosen or list(texts[:OFFERS])


def write_on(writer: Any, prompt: str, language: str, seed: int) -> str:
    """Return the prompt and what the writer adds to it, up to the end of a sentence; nothing where it adds nothing."""
    opening = OPENING[language].format(prompt=prompt)
    params = TextParams(prompt=opening, language=language, form="fiction", max_tokens=WRITTEN_TOKENS)
    params = replace(params, temperature=0.8)
    added = ""
    for step in writer.generate(lambda: params, seed % 2**32):
        added = step.text
        if ENDS.search(added.strip()):
            break
    added = ENDS.split(added.strip(), maxsplit=1)[0].strip(" ,，")
    joint = ", with " if language == "en" else "，"
    return f"{prompt}{joint}{added}" if added else ""
