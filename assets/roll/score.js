// The engraved score: asked for when it comes into sight, and again when it is given another width.
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

new ResizeObserver(() => {
  const width = Math.round(sheet.clientWidth);
  if (Math.abs(width - wide) < 24) return;
  wide = width;
  clearTimeout(asking);
  asking = setTimeout(() => trigger('show', { width }), 120);
}).observe(sheet);
watch('value', put);
put();
