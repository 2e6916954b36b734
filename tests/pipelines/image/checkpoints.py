"""Build and save small checkpoints of the families with their real classes."""

import json

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    PNDMScheduler,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def build_clip_tokenizer(folder):
    tokens = ["<|startoftext|>", "<|endoftext|>", *LETTERS, *(letter + "</w>" for letter in LETTERS)]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=16)


def build_clip_text(kind, width=16, **more):
    config = CLIPTextConfig(
        vocab_size=60,
        hidden_size=width,
        intermediate_size=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=16,
        projection_dim=width,
        bos_token_id=0,
        eos_token_id=1,
        **more,
    )
    return kind(config)


def build_vae(channels=4):
    return AutoencoderKL(
        latent_channels=channels,
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4,
        layers_per_block=1,
        sample_size=64,
        shift_factor=0.06,
    )


def build_unet(width, **more):
    return UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(8, 8),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=width,
        attention_head_dim=4,
        norm_num_groups=4,
        **more,
    )


def build_sd15(folder):
    torch.manual_seed(0)
    pipe = StableDiffusionPipeline(
        vae=build_vae(),
        text_encoder=build_clip_text(CLIPTextModel),
        tokenizer=build_clip_tokenizer(folder),
        unet=build_unet(16),
        scheduler=PNDMScheduler(
            skip_prk_steps=True, steps_offset=1, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "sd15")
    return folder / "sd15"


def build_sd21(folder):
    """SD 2.1: another text encoder, linear projections, and a network that predicts the velocity."""
    torch.manual_seed(0)
    pipe = StableDiffusionPipeline(
        vae=build_vae(),
        text_encoder=build_clip_text(CLIPTextModel, 32, hidden_act="gelu"),
        tokenizer=build_clip_tokenizer(folder),
        unet=build_unet(32, use_linear_projection=True),
        scheduler=DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="v_prediction",
            clip_sample=False, set_alpha_to_one=False, steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder / "sd21")
    return folder / "sd21"


def build_turbo(folder):
    """SD-Turbo: SD 2.1 that predicts noise, in one to four trailing steps."""
    pipe = StableDiffusionPipeline.from_pretrained(build_sd21(folder))
    pipe.scheduler = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="trailing", steps_offset=1
    )
    pipe.save_pretrained(folder / "turbo")
    return folder / "turbo"


def build_sdxl_turbo(folder):
    """SDXL-Turbo: trailing steps as well, and new noise at each."""
    pipe = StableDiffusionXLPipeline.from_pretrained(build_sdxl(folder), add_watermarker=False)
    pipe.scheduler = EulerAncestralDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="trailing", steps_offset=1
    )
    pipe.save_pretrained(folder / "sdxl-turbo")
    return folder / "sdxl-turbo"


def build_lcm(folder):
    torch.manual_seed(0)
    pipe = LatentConsistencyModelPipeline(
        vae=build_vae(),
        text_encoder=build_clip_text(CLIPTextModel),
        tokenizer=build_clip_tokenizer(folder),
        unet=build_unet(16, time_cond_proj_dim=8),
        scheduler=LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "lcm")
    return folder / "lcm"


def build_sdxl(folder):
    torch.manual_seed(0)
    tokenizer = build_clip_tokenizer(folder)
    unet = build_unet(
        32,
        addition_embed_type="text_time",
        addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=16 + 6 * 4,
    )
    pipe = StableDiffusionXLPipeline(
        vae=build_vae(),
        text_encoder=build_clip_text(CLIPTextModel),
        text_encoder_2=build_clip_text(CLIPTextModelWithProjection),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=unet,
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1),
        add_watermarker=False,
    )
    pipe.save_pretrained(folder / "sdxl")
    return folder / "sdxl"


def build_sd3(folder):
    torch.manual_seed(0)
    tokenizer = build_clip_tokenizer(folder)
    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=2,
        in_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        joint_attention_dim=32,
        caption_projection_dim=16,
        pooled_projection_dim=32,
        out_channels=16,
    )
    pipe = StableDiffusion3Pipeline(
        vae=build_vae(16),
        text_encoder=build_clip_text(CLIPTextModelWithProjection),
        text_encoder_2=build_clip_text(CLIPTextModelWithProjection),
        text_encoder_3=None,
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        tokenizer_3=None,
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    pipe.save_pretrained(folder / "sd3")
    return folder / "sd3"


def build_controlnet(folder, pipe, name="canny"):
    """Build a ControlNet for a model; trained ones don't begin with zeros, so it doesn't either."""
    torch.manual_seed(1)
    net = ControlNetModel.from_unet(pipe.unet, conditioning_embedding_out_channels=(8, 8), load_weights_from_unet=False)
    dice = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for part in (net.controlnet_down_blocks, net.controlnet_mid_block, net.controlnet_cond_embedding):
            for weight in part.parameters():
                weight.copy_(torch.randn(weight.shape, generator=dice) * 0.3)
    net.save_pretrained(folder / name)
    return folder / name


FLAG_ALL, FLAG_NONE = -2.0, 2.0  # what a cosine is never below, and never above


def add_checker(folder, threshold):
    """Give a Stable Diffusion its safety checker, which flags what is more like a concept than the threshold."""
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    seeing = small | {"image_size": 32, "patch_size": 8}
    torch.manual_seed(0)
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=small | {"vocab_size": 10}, vision_config=seeing, projection_dim=8)
    )
    checker.concept_embeds_weights.data.fill_(threshold)
    checker.special_care_embeds_weights.data.fill_(FLAG_NONE)
    checker.save_pretrained(folder / "safety_checker")
    size = {"height": 32, "width": 32}
    CLIPImageProcessor(size=size, crop_size=size).save_pretrained(folder / "feature_extractor")
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder
