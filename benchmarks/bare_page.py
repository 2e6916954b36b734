"""The least gradio page whose slider acts on a running generator: the peer of our page's benchmark."""

import os
import time
from collections.abc import Iterator

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

STEPS_PER_SECOND = 100
UPDATES_EVERY = 10


def main() -> None:
    """Open the page and say where."""
    import gradio as gr

    live = {"temperature": 0.0}

    def move(value: float) -> None:
        live["temperature"] = value

    def begin() -> Iterator[str]:
        for step in range(60 * STEPS_PER_SECOND):
            time.sleep(1 / STEPS_PER_SECOND)
            if step % UPDATES_EVERY == 0:
                yield f"{step} {live['temperature']:g}"

    with gr.Blocks() as page:
        slider = gr.Slider(0, 2, step=0.05, elem_id="temperature")
        echo = gr.Textbox(elem_id="echo")
        gr.Button("begin", elem_id="begin").click(begin, None, echo)
        slider.change(move, slider, None, queue=False, trigger_mode="always_last")
    page.launch(quiet=True, run_history=False, prevent_thread_lock=True)
    print(f"The bare page is open at {page.local_url}", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
