"""The barest gradio page on which a slider repaints a picture: the peer that our live canvas is measured beside."""

from pathlib import Path
from typing import Any

STEPS = 5
PROMPT = "a boat on the sea at sunset"


def main() -> None:
    """Open the page: every move of its slider is an event that runs the stock pipeline on our painter's weights."""
    import gradio as gr
    import torch
    from diffusers import PixArtAlphaPipeline

    from pipelines.weights import list_dtypes

    torch.set_num_threads(1)
    folder = Path(__file__).parents[1] / "assets" / "models" / "painter"
    pipe = PixArtAlphaPipeline.from_pretrained(folder, dtype=list_dtypes(torch.device("cpu"))[0])
    pipe.set_progress_bar_config(disable=True)

    def paint(guidance: float) -> Any:
        return pipe(
            PROMPT,
            num_inference_steps=STEPS,
            guidance_scale=guidance,
            height=256,
            width=256,
            generator=torch.Generator().manual_seed(1),
            use_resolution_binning=False,
            clean_caption=False,
            max_sequence_length=pipe.tokenizer.model_max_length,
        ).images[0]

    with gr.Blocks() as page:
        guidance = gr.Slider(0, 10, 4.5, step=0.1, elem_id="guidance")
        picture = gr.Image(format="jpeg", elem_id="picture")
        guidance.change(paint, guidance, picture, trigger_mode="always_last", show_progress="hidden")
    page.queue()
    page.launch(quiet=True, prevent_thread_lock=True)
    print(f"the page is open at {page.local_url}", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
