"""A painter of the real classes with a few random weights."""

from typing import Any

import torch


def build_painter(seed: int) -> Any:
    """Build a PixArt-shaped pipeline over 8-pixel pictures, enlarged to 32."""
    from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler, PixArtAlphaPipeline, PixArtTransformer2DModel
    from transformers import BertConfig, BertModel

    tokenizer = build_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=128,
        )
        transformer = PixArtTransformer2DModel(
            num_attention_heads=2,
            attention_head_dim=8,
            cross_attention_dim=16,
            caption_channels=16,
            num_layers=1,
            in_channels=3,
            out_channels=3,
            sample_size=16,
            patch_size=4,
            use_additional_conditions=False,
        )
        vae = AutoencoderTiny(
            latent_channels=3,
            encoder_block_out_channels=(4, 4, 4),
            decoder_block_out_channels=(4, 4, 4),
            num_encoder_blocks=(0, 0, 0),
            num_decoder_blocks=(1, 0, 0),
        )
        encoder = BertModel(text, add_pooling_layer=False)
    scheduler = DPMSolverMultistepScheduler(prediction_type="sample", use_flow_sigmas=True)
    for part in (transformer, vae, encoder):
        part.eval()
    return PixArtAlphaPipeline(tokenizer, encoder, vae, transformer, scheduler)


def build_tokenizer() -> Any:
    """Build a tokenizer that knows a dozen words."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        *"a the boat house tree moon sea lake night red blue watercolour 月 海 山 船 夜".split(),
    ]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", model_max_length=16
    )
