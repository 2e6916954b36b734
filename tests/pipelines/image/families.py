"""Small checkpoints of all families; here those whose pipelines run their own loop, with their real classes."""

import string

import torch
from diffusers import (
    AuraFlowPipeline,
    AuraFlowTransformer2DModel,
    AutoencoderDC,
    AutoencoderKLQwenImage,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
    SanaPipeline,
    SanaTransformer2DModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from tokenizers import pre_tokenizers
from transformers import (
    CLIPTextModel,
    Gemma2Config,
    Gemma2Model,
    GemmaTokenizer,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

from tests.pipelines.image.checkpoints import (
    build_clip_text,
    build_clip_tokenizer,
    build_lcm,
    build_sd3,
    build_sd15,
    build_sd21,
    build_sdxl,
    build_sdxl_turbo,
    build_turbo,
    build_vae,
)

LETTERS = string.ascii_lowercase
SMALL = {
    "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "head_dim": 8, "vocab_size": 320, "max_position_embeddings": 2048,
}  # fmt: skip
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LIVELY = 4.0  # small random weights say next to nothing; so many times theirs, and words and guidance are to be seen


def enliven(network):
    """Make a small network's words count: random weights as they come hardly tell one prompt from another."""
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim > 1:
                weight.mul_(LIVELY)
    return network


def build_t5(width=16):
    shape = T5Config(d_model=width, d_kv=8, d_ff=16, num_layers=1, num_heads=2, vocab_size=40)
    plain = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -2.0) for letter in LETTERS)]
    return T5EncoderModel(shape), T5Tokenizer(vocab=plain, extra_ids=0)


def build_qwen_tokenizer():
    letters = {letter: place for place, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Qwen2Tokenizer(vocab=letters, merges=[], additional_special_tokens=["<|im_start|>", "<|im_end|>"])
    tokenizer.chat_template = CHAT
    return tokenizer


def build_flux(folder, guidance_embeds=True):
    """FLUX.1 dev, which takes guidance as an input."""
    torch.manual_seed(0)
    t5, t5_tokenizer = build_t5()
    transformer = FluxTransformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=8, num_attention_heads=2,
        joint_attention_dim=16, pooled_projection_dim=16, guidance_embeds=guidance_embeds, axes_dims_rope=(4, 2, 2),
    )  # fmt: skip
    pipe = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=guidance_embeds),
        vae=build_vae(4),
        text_encoder=build_clip_text(CLIPTextModel),
        tokenizer=build_clip_tokenizer(folder),
        text_encoder_2=t5,
        tokenizer_2=t5_tokenizer,
        transformer=enliven(transformer),
    )
    pipe.save_pretrained(folder / "flux")
    return folder / "flux"


def build_schnell(folder):
    """FLUX.1 schnell, which has no guidance."""
    return build_flux(folder, guidance_embeds=False)


def build_sana(folder):
    torch.manual_seed(0)
    letters = ["<pad>", "<eos>", "<bos>", "<unk>", "▁", *string.ascii_letters, *".,:'-()"]
    transformer = SanaTransformer2DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=1,
        num_cross_attention_heads=2, cross_attention_head_dim=8, cross_attention_dim=16, caption_channels=16,
        sample_size=32,
    )  # fmt: skip
    vae = AutoencoderDC(
        latent_channels=4, encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8),
        encoder_layers_per_block=(1, 1), decoder_layers_per_block=(1, 1), encoder_qkv_multiscales=((), ()),
        decoder_qkv_multiscales=((), ()), attention_head_dim=4, scaling_factor=0.41407,
    )  # fmt: skip
    pipe = SanaPipeline(
        tokenizer=GemmaTokenizer(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]),
        text_encoder=Gemma2Model(Gemma2Config(**SMALL, sliding_window=16, query_pre_attn_scalar=8)),
        vae=vae,
        transformer=enliven(transformer),
        scheduler=DPMSolverMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0, solver_order=2
        ),
    )
    pipe.save_pretrained(folder / "sana")
    return folder / "sana"


def build_qwen(folder):
    torch.manual_seed(0)
    text = {name: value for name, value in SMALL.items() if name != "head_dim"}
    eyes = {
        "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16, "patch_size": 4,
    }  # fmt: skip
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    shape = Qwen2_5_VLConfig(text_config={**text, "rope_parameters": rope}, vision_config=eyes)
    transformer = QwenImageTransformer2DModel(
        in_channels=16, out_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=2,
        joint_attention_dim=16, axes_dims_rope=(4, 2, 2),
    )  # fmt: skip
    vae = AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
        latents_mean=[-0.7, 0.1, 0.9, 0.0], latents_std=[2.8, 1.4, 2.3, 1.0],
    )  # fmt: skip
    pipe = QwenImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=Qwen2_5_VLForConditionalGeneration(shape),
        tokenizer=build_qwen_tokenizer(),
        transformer=enliven(transformer),
    )
    pipe.save_pretrained(folder / "qwen")
    return folder / "qwen"


def build_z_image(folder):
    torch.manual_seed(0)
    transformer = ZImageTransformer2DModel(
        in_channels=4, dim=16, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
        axes_dims=[4, 2, 2], axes_lens=[1024, 64, 64],
    )  # fmt: skip
    pipe = ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=build_vae(4),
        text_encoder=Qwen3Model(Qwen3Config(**SMALL)),
        tokenizer=build_qwen_tokenizer(),
        transformer=enliven(transformer),
    )
    pipe.save_pretrained(folder / "z-image")
    return folder / "z-image"


def build_aura(folder):
    """AuraFlow, which stands for the families of whose loop the studio knows nothing."""
    torch.manual_seed(0)
    text, tokenizer = build_t5()
    transformer = AuraFlowTransformer2DModel(
        sample_size=32, in_channels=4, out_channels=4, num_mmdit_layers=1, num_single_dit_layers=1,
        attention_head_dim=8, num_attention_heads=2, joint_attention_dim=16, caption_projection_dim=16,
        pos_embed_max_size=1024,
    )  # fmt: skip
    pipe = AuraFlowPipeline(
        tokenizer=tokenizer,
        text_encoder=text,
        vae=build_vae(4),
        transformer=enliven(transformer),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=1.73),
    )
    pipe.save_pretrained(folder / "aura")
    return folder / "aura"


OUR_LOOP = {
    "sd15": build_sd15,
    "sd21": build_sd21,
    "turbo": build_turbo,
    "lcm": build_lcm,
    "sdxl": build_sdxl,
    "sdxl-turbo": build_sdxl_turbo,
}
THEIR_LOOP = {
    "sd3": build_sd3,
    "flux": build_flux,
    "schnell": build_schnell,
    "sana": build_sana,
    "qwen": build_qwen,
    "z-image": build_z_image,
    "aura": build_aura,
}
FAMILIES = OUR_LOOP | THEIR_LOOP
