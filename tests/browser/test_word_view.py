"""A click on any word shows what nearly stood there, the artist's own words too, and is never in the way."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, set_slider, text_of, until_text

pytestmark = pytest.mark.browser

LINES = "The moon is on the silent sea,\nAnd all the boats are still;\n"
POINT = """(part) => {
  const box = document.querySelector('#literature-page textarea');
  const ruler = document.createElement('div');
  ruler.style.cssText = 'position:absolute;visibility:hidden;white-space:pre-wrap';
  const style = getComputedStyle(box);
  for (const name of ['font', 'padding', 'width', 'boxSizing', 'border']) ruler.style[name] = style[name];
  const at = box.value.indexOf(part);
  const word = document.createElement('span');
  word.textContent = part;
  ruler.append(box.value.slice(0, at), word);
  document.body.append(ruler);
  const spot = { x: word.offsetLeft + word.offsetWidth / 2, y: word.offsetTop + word.offsetHeight / 2 };
  ruler.remove();
  box.scrollTop = 0;
  return spot;
}"""


def click_word(page, word):
    page.click("#literature-page textarea", position=page.evaluate(POINT, word))


def count_looks(page):
    looks = []

    def note(request):
        if "/queue/join" in request.url and '"page"' in (request.post_data or ""):
            looks.append(request)

    page.on("request", note)
    return looks


def test_a_click_on_ones_own_word_shows_what_nearly_stood_there(visit):
    page = visit()
    page.fill("#literature-page textarea", LINES)
    looks = count_looks(page)
    click_word(page, "silent")
    expect(page.locator(".margin .chosen")).to_contain_text("%", timeout=WAIT)
    assert "silent".startswith(page.locator(".margin .chosen").inner_text().split()[0])
    assert page.locator(".margin .chip").count() >= 5
    assert text_of(page) == LINES
    for word in ("moon", "sea"):
        click_word(page, word)
        expect(page.locator(".margin .chosen")).to_contain_text(word, timeout=WAIT)
    assert len(looks) == 1  # the whole line was told at once
    page.locator("[data-look=whose]").click()
    assert page.locator(".margin-sheet .theirs").count() == 0


def test_a_word_that_nearly_stood_there_takes_the_work_on(visit):
    page = visit()
    set_slider(page, "literature-max_tokens", 16)
    page.fill("#literature-page textarea", LINES)
    click_word(page, "boats")
    chip = page.locator(".margin .chip").first
    expect(chip).to_be_visible(timeout=WAIT)
    chip.click()
    page.wait_for_function("t => document.querySelector('#literature-page textarea').value !== t", arg=LINES)
    expect(page.locator(".margin.busy")).to_have_count(0, timeout=WAIT)
    assert text_of(page).startswith(LINES[: LINES.index(" boats")])


def test_the_arrow_keys_show_it_too_and_typing_asks_nothing(visit):
    page = visit()
    looks = count_looks(page)
    page.fill("#literature-page textarea", LINES)
    page.locator("#literature-page textarea").press("Control+Home")
    page.keyboard.type("O ")
    page.wait_for_timeout(800)
    asked = len(looks)
    assert asked <= 1
    page.keyboard.type("soft ")
    page.wait_for_timeout(800)
    assert len(looks) == asked
    page.keyboard.press("ArrowRight")
    expect(page.locator(".margin .chosen")).to_contain_text("%", timeout=WAIT)
    assert text_of(page) == f"O soft {LINES}"


class Gate:
    """Holds back what the page asks until it is opened."""

    def __init__(self, page):
        self.page = page
        self.held = []
        self.opened = False
        page.route("**/queue/join*", lambda route: route.continue_() if self.opened else self.held.append(route))

    def wait(self):
        for _ in range(WAIT // 50):
            if self.held:
                return
            self.page.wait_for_timeout(50)

    def open(self):
        self.opened = True
        for route in self.held:
            route.continue_()


def test_an_answer_that_comes_too_late_is_dropped(visit):
    page = visit()
    page.fill("#literature-page textarea", LINES)
    gate = Gate(page)
    click_word(page, "silent")
    gate.wait()
    other = "Another page altogether, and no moon.\n"
    page.fill("#literature-page textarea", other)
    click_word(page, "moon")
    gate.open()
    expect(page.locator(".margin .chosen")).to_contain_text("moon", timeout=WAIT)
    page.locator("[data-look=surprise]").click()
    page.wait_for_function("() => document.querySelectorAll('.margin-sheet span[class^=s]').length > 4", timeout=WAIT)
    assert page.locator(".margin-sheet > div").inner_text().startswith(other)
    assert text_of(page) == other


def test_while_an_answer_is_awaited_the_last_words_stay_and_one_may_write_and_select(visit):
    page = visit()
    text = LINES + LINES.replace("moon", "sun")
    page.fill("#literature-page textarea", text)
    click_word(page, "silent")
    expect(page.locator(".margin .chosen")).to_contain_text("%", timeout=WAIT)
    gate = Gate(page)
    page.evaluate("""() => {
      window.seen = [];
      const tools = document.querySelector('.margin-tools');
      new MutationObserver(() => window.seen.push([tools.children.length, Boolean(tools.querySelector('.dots'))]))
        .observe(tools, { childList: true });
    }""")
    click_word(page, "boats")
    assert page.locator(".margin-tools .chosen").count() == 1
    gate.wait()
    expect(page.locator(".margin-tools .dots")).to_be_visible()
    assert all(count for count, _ in page.evaluate("window.seen"))
    page.keyboard.type("my ")
    page.locator("#literature-page textarea").dblclick(position=page.evaluate(POINT, "silent"))
    expect(page.get_by_role("button", name="Another word")).to_be_visible()
    gate.open()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("button", name="Another word")).to_be_visible()
    assert text_of(page) != text
    assert "my " in text_of(page)


def test_a_look_leaves_a_running_work_alone(visit):
    page = visit()
    set_slider(page, "literature-max_tokens", 200)
    page.fill("#literature-page textarea", LINES)
    page.click("#literature-continue")
    click_word(page, "silent")
    page.wait_for_function(
        "n => document.querySelector('#literature-page textarea').value.length > n", arg=len(LINES) + 30, timeout=WAIT
    )
    expect(page.locator(".margin.busy")).to_have_count(0, timeout=WAIT)
    expect(page.locator("#literature-status .status")).to_contain_text("Done")
    written = text_of(page)
    page.click("#literature-undo")
    until_text(page, LINES)
    assert written.startswith(LINES)
