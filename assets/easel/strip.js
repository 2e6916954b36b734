const list = element.querySelector('.strip');
let here = '';

const mark = () => {
  for (const one of list.querySelectorAll('button')) one.setAttribute('aria-pressed', one.dataset.id === here);
};
const put = () => {
  const told = JSON.parse(props.value || '{"pictures":[],"here":""}');
  here = told.here;
  list.replaceChildren(...told.pictures.map(({ id, thumb, seed }, index) => {
    const one = document.createElement('button');
    const img = document.createElement('img');
    one.type = 'button';
    one.dataset.id = id;
    img.alt = `${index + 1}${seed === null ? '' : `, ${seed}`}`;
    if (thumb.startsWith('data:image/jpeg;base64,')) img.src = thumb;
    one.append(img);
    return one;
  }));
  element.querySelector('.strip-frame').hidden = !told.pictures.length;
  mark();
  list.scrollLeft = list.scrollWidth;
};
list.addEventListener('click', ({ target }) => {
  const one = target.closest('button');
  if (!one) return;
  here = one.dataset.id;
  mark();
  trigger('pick', { id: here });
});
element.querySelector('[data-sheet]').addEventListener('click', async () => {
  const link = document.createElement('a');
  link.href = await server.sheet({ session: window.__gradio_session_hash__ });
  link.download = 'triptych-sheet.jpg';
  if (link.href.startsWith('data:image/jpeg;base64,')) link.click();
});
watch('value', put);
put();
