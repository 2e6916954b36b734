"""The button that makes a prompt richer, and the chips that offer what the writer found."""

import json
from pathlib import Path

import gradio as gr

from pipelines.errors import EmptyPrompt
from pipelines.image.lexicon import read_words
from studio.enrichment import enrich
from studio.panel import Panel
from studio.performance import choose_seed

WRITER = "literature"
CHIPS = """
const list = element.querySelector('.offers');
const box = () => document.querySelector('#painting-prompt textarea');
const put = () => {
  const told = JSON.parse(props.value || '{"before":"","offers":[]}');
  list.hidden = !told.offers.length;
  list.replaceChildren(...[...told.offers, ...(told.offers.length ? [told.before] : [])].map((text, index) => {
    const one = document.createElement('button');
    one.type = 'button';
    one.textContent = index === told.offers.length ? `↩ ${text}` : text;
    one.dataset.text = text;
    return one;
  }));
};
list.addEventListener('click', ({ target }) => {
  const one = target.closest('button');
  if (!one) return;
  box().value = one.dataset.text;
  box().dispatchEvent(new Event('input', { bubbles: true }));
});
watch('value', put);
put();
"""


def draw_enrichment(panel: Panel, folder: Path) -> None:
    """Draw the button and the chips where the tab stands now, and wire them to the prompt above."""
    prompt = panel.controls["prompt"]
    with gr.Row(elem_classes=["actions", "minor"]):
        button = panel.button("enrich", size="sm")
    offers = gr.HTML(
        value="",
        html_template='<div class="offers" hidden></div>',
        css_template="",
        js_on_load=CHIPS,
        elem_id="painting-offers",
        container=False,
        show_label=False,
        padding=False,
    )
    tables = read_words(folder)

    def offer(said: object, request: gr.Request) -> str:
        text = str(panel.knobs["prompt"].domain.check("prompt", said)).strip()
        if not text:
            raise EmptyPrompt
        found = enrich(panel.desk.shelf.get(WRITER), text, tables, choose_seed(None, fresh=True))
        return json.dumps({"before": text, "offers": found})

    button.click(
        panel.shown(offer), prompt, offers, concurrency_id=WRITER, concurrency_limit=panel.desk.works_at_once,
        show_progress="minimal", show_progress_on=[offers], api_visibility="private",
    )  # fmt: skip
