const buttons = [...element.querySelectorAll('button')];
const NONE = buttons[0].dataset.name;

const mark = () => {
  const chosen = buttons.some((one) => one.dataset.name === props.value) ? props.value : '';
  for (const one of buttons) {
    one.setAttribute('aria-checked', one.dataset.name === chosen);
    one.tabIndex = one.dataset.name === (chosen || NONE) ? 0 : -1;
  }
};
const pick = (button) => trigger('pick', { name: button.getAttribute('aria-checked') === 'true' ? NONE : button.dataset.name });

element.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button) pick(button);
});
element.addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const here = buttons.indexOf(event.target);
  if (!step || here < 0) return;
  event.preventDefault();
  const next = buttons[(here + step + buttons.length) % buttons.length];
  next.focus();
  pick(next);
});
element.addEventListener('pointerover', ({ target }) => {
  const button = target.closest('button');
  const language = document.documentElement.dataset.language;
  if (button) button.title = button.querySelector(`[lang="${language}"]`)?.textContent ?? '';
});
watch('value', mark);
mark();
