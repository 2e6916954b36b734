// The engraved score: asked for when it comes into sight, and again when it is given another width.
const MOST_TRIES = 4;
const sheet = element.querySelector('.score');
let [wide, asking] = [0, 0];

const put = () => {
  const pages = (props.value || '').split('\x1e').filter(Boolean);
  sheet.replaceChildren(...pages.map((page) => {
    const parsed = new DOMParser().parseFromString(page, 'image/svg+xml').documentElement;
    for (const script of parsed.querySelectorAll('script, foreignObject')) script.remove();
    return document.importNode(parsed, true);
  }));
};

const ask = (width, tries) => { // again where nobody listened yet: the page may still be busy opening the fold
  clearTimeout(asking);
  asking = setTimeout(() => {
    trigger('show', { width });
    if (tries && width && !props.value) ask(width, tries - 1);
  }, tries === MOST_TRIES ? 120 : 1500);
};

new ResizeObserver(() => {
  const width = Math.round(sheet.clientWidth);
  if (Math.abs(width - wide) < 24) return;
  wide = width;
  ask(width, MOST_TRIES);
}).observe(sheet);
watch('value', put);
put();
