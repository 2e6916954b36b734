"""Small checkpoints of the shapes writers use: the real classes, random weights, templates like those on the hub."""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    Gemma3Config,
    Gemma3ForCausalLM,
    Gemma3ForConditionalGeneration,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    SmolLM3Config,
    SmolLM3ForCausalLM,
)

SMALL = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
GROUPED = {**SMALL, "num_key_value_heads": 1, "head_dim": 8}

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
)
QWEN3 = (
    CHATML + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
QWEN3_THINKING = CHATML + "<think>\n{% endif %}"
QWEN3_WILLING = CHATML + "{% endif %}"
SMOLLM3 = (
    "{%- set today = strftime_now('%d %B %Y') -%}"
    "{% if messages[0]['role'] == 'system' %}{% set told = messages[0]['content'] %}{% set messages = messages[1:] %}"
    "{% else %}{% set told = 'You are a helpful AI assistant.' %}{% endif %}"
    "<|im_start|>system\n## Metadata\n\nToday Date: {{ today }}\nReasoning Mode: /no_think\n\n"
    "## Custom Instructions\n\n{{ told }}<|im_end|>\n" + QWEN3
)
LLAMA3 = (
    "{{- bos_token }}{%- if not date_string is defined %}{%- if strftime_now is defined %}"
    "{%- set date_string = strftime_now('%d %b %Y') %}{%- else %}{%- set date_string = '26 Jul 2024' %}{%- endif %}"
    "{%- endif %}{%- if messages[0]['role'] == 'system' %}{%- set told = messages[0]['content'] | trim %}"
    "{%- set messages = messages[1:] %}{%- else %}{%- set told = '' %}{%- endif %}"
    "{{- '<|start_header_id|>system<|end_header_id|>\n\nToday Date: ' + date_string + '\n\n' + told + '<|eot_id|>' }}"
    "{%- for m in messages %}{{- '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' }}"
    "{{- m['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
GEMMA2 = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
GEMMA3 = GEMMA2.replace(
    "{{ raise_exception('System role not supported') }}",
    "{% set told = messages[0]['content'] + '\n\n' %}{% set messages = messages[1:] %}{% else %}{% set told = '' %}",
).replace("\n{{ m['content']", "\n{{ told if loop.first else '' }}{{ m['content']")
MISTRAL = (
    "{{ bos_token }}{% for m in messages if m['role'] != 'system' %}"
    "{% if m['role'] == 'user' %}[INST] {{ m['content'] }}[/INST]{% else %} {{ m['content'] }}{{ eos_token }}"
    "{% endif %}{% endfor %}"
)


def byte_tokenizer(*, template=None, plain=(), **settings):
    """Return a tokenizer of single bytes; `plain` are added tokens that aren't called special, as <think> isn't."""
    letters = {letter: index for index, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **settings)
    if plain:
        made.add_tokens(list(plain))
    made.chat_template = template
    return made


def save(folder, model, tokenizer):
    """Save both as `save_pretrained` does."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def save_gpt2(folder):
    """A base model with learned positions."""
    tokenizer = byte_tokenizer(eos_token="<|endoftext|>", bos_token="<|endoftext|>")
    shape = GPT2Config(
        vocab_size=300, n_positions=48, n_embd=16, n_layer=2, n_head=2, bos_token_id=256, eos_token_id=256
    )
    save(folder, GPT2LMHeadModel(shape), tokenizer)


def save_llama(folder):
    """A base model in 16 bit."""
    tokenizer = byte_tokenizer(eos_token="</s>", bos_token="<s>")
    shape = LlamaConfig(
        **SMALL, vocab_size=len(tokenizer), max_position_embeddings=64, bos_token_id=257, eos_token_id=256
    )
    save(folder, LlamaForCausalLM(shape).half(), tokenizer)


def save_llama3(folder):
    """Llama 3.2 Instruct: the day in its template, three tokens that end a text."""
    marks = ["<|start_header_id|>", "<|end_header_id|>", "<|end_of_text|>", "<|eom_id|>"]
    tokenizer = byte_tokenizer(
        template=LLAMA3, eos_token="<|eot_id|>", bos_token="<|begin_of_text|>", additional_special_tokens=marks
    )
    ends = tokenizer.convert_tokens_to_ids(["<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"])
    shape = LlamaConfig(**GROUPED, vocab_size=320, max_position_embeddings=1024, bos_token_id=257, eos_token_id=ends)
    model = LlamaForCausalLM(shape)
    model.generation_config.do_sample = True
    save(folder, model, tokenizer)


def save_qwen3(folder, template=QWEN3, context=1024):
    """Qwen3: may think; its marks around thoughts are tokens, but not special ones."""
    tokenizer = byte_tokenizer(
        template=template, plain=["<think>", "</think>"], eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>", "<|endoftext|>"],
    )  # fmt: skip
    shape = Qwen3Config(**GROUPED, vocab_size=320, max_position_embeddings=context, bos_token_id=None, eos_token_id=256)
    save(folder, Qwen3ForCausalLM(shape), tokenizer)


def save_qwen3_thinking(folder):
    """Qwen3-Thinking, DeepSeek-R1: the template opens the thought itself."""
    save_qwen3(folder, QWEN3_THINKING)


def save_smollm3(folder):
    """SmolLM3: layers without positions, metadata with the day in its template."""
    tokenizer = byte_tokenizer(
        template=SMOLLM3, plain=["<think>", "</think>"], eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>"],
    )  # fmt: skip
    shape = SmolLM3Config(
        **SMALL, num_key_value_heads=1, no_rope_layer_interval=2, vocab_size=320, max_position_embeddings=1024,
        bos_token_id=None, eos_token_id=256, pad_token_id=256,
    )  # fmt: skip
    save(folder, SmolLM3ForCausalLM(shape), tokenizer)


def _gemma_tokenizer(template):
    marks = ["<start_of_turn>", "<end_of_turn>"]
    return byte_tokenizer(
        template=template, eos_token="<eos>", bos_token="<bos>", pad_token="<pad>", additional_special_tokens=marks
    )


def _gemma_shape(tokenizer):
    # As in the first files of Gemma 2: only <eos> is said to end a text.
    return {
        **GROUPED, "num_hidden_layers": 6, "sliding_window": 16, "sliding_window_pattern": 3, "vocab_size": 320,
        "max_position_embeddings": 1024, "query_pre_attn_scalar": 8, "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip


def save_gemma3(folder, template=GEMMA3):
    """Gemma 3: most layers see a sliding window; the system prompt joins the first turn."""
    tokenizer = _gemma_tokenizer(template)
    save(folder, Gemma3ForCausalLM(Gemma3TextConfig(**_gemma_shape(tokenizer))), tokenizer)


def save_gemma_without_system(folder):
    """A Gemma whose template refuses a system prompt."""
    save_gemma3(folder, GEMMA2)


def save_seeing_gemma3(folder):
    """Gemma 3 from 4B up: it can see, too."""
    tokenizer = _gemma_tokenizer(GEMMA3)
    eyes = {**SMALL, "image_size": 28, "patch_size": 14}
    shape = Gemma3Config(text_config=_gemma_shape(tokenizer), vision_config=eyes, mm_tokens_per_image=4)
    save(folder, Gemma3ForConditionalGeneration(shape), tokenizer)


def save_mistral(folder):
    """Mistral Instruct: every layer sees a sliding window; the template leaves the system prompt out."""
    tokenizer = byte_tokenizer(
        template=MISTRAL, eos_token="</s>", bos_token="<s>", additional_special_tokens=["[INST]", "[/INST]"]
    )
    shape = MistralConfig(
        **GROUPED, sliding_window=16, vocab_size=320, max_position_embeddings=1024, bos_token_id=257, eos_token_id=256
    )
    save(folder, MistralForCausalLM(shape), tokenizer)


HUB = {
    "gpt2": save_gpt2,
    "llama": save_llama,
    "llama3": save_llama3,
    "qwen3": save_qwen3,
    "qwen3-thinking": save_qwen3_thinking,
    "smollm3": save_smollm3,
    "gemma3": save_gemma3,
    "gemma-without-system": save_gemma_without_system,
    "gemma3-seeing": save_seeing_gemma3,
    "mistral": save_mistral,
}


def build(name, folder):
    """Save one of the HUB's checkpoints, the same each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        HUB[name](folder)
    return folder
