const root = element.querySelector('.grid');
const table = root.querySelector('table');

const add = (parent, tag, text) => {
  const one = document.createElement(tag);
  if (text !== undefined) one.textContent = text;
  parent.append(one);
  return one;
};

const lay = ({ across, down }) => {
  table.replaceChildren();
  const head = add(table, 'tr');
  add(head, 'th', [down.name && `${down.name} ↓`, across.name && `${across.name} →`].filter(Boolean).join('  '));
  for (const value of across.values) add(head, 'th', value);
  down.values.forEach((value, row) => {
    const line = add(table, 'tr');
    add(line, 'th', value);
    across.values.forEach((_, column) => {
      const button = add(add(line, 'td'), 'button');
      button.type = 'button';
      button.disabled = true;
      button.dataset.index = row * across.values.length + column;
    });
  });
};

const put = () => {
  if (!props.value) return;
  const fresh = JSON.parse(props.value);
  if (fresh.begun) lay(fresh);
  root.hidden = false;
  for (const [index, frame] of fresh.cells) {
    const button = table.querySelector(`[data-index="${index}"]`);
    if (!button || !frame.startsWith('data:image/jpeg;base64,')) continue;
    const img = button.querySelector('img') ?? add(button, 'img');
    img.src = frame;
    img.alt = String(index + 1);
    button.disabled = false;
  }
};

table.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (!button) return;
  for (const one of table.querySelectorAll('button')) one.setAttribute('aria-pressed', one === button);
  trigger('pick', { index: Number(button.dataset.index) });
});

// The sheet is drawn here, in the page's own fonts, so that every language's labels can be drawn.
root.querySelector('[data-save]').addEventListener('click', () => {
  const cells = [...table.querySelectorAll('tr')].map((row) => [...row.children]);
  const pictures = [...table.querySelectorAll('img')];
  const most = (side) => Math.max(...pictures.map((img) => img[side]), 1); // shapes may differ along an axis
  const [wide, high] = pictures.length ? [most('naturalWidth'), most('naturalHeight')] : [256, 256];
  const [gap, head, lead] = [8, 44, 150];
  const sheet = document.createElement('canvas');
  sheet.width = lead + (cells[0].length - 1) * (wide + gap);
  sheet.height = head + (cells.length - 1) * (high + gap);
  const pen = sheet.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, sheet.width, sheet.height);
  Object.assign(pen, { fillStyle: '#1f1b18', font: '15px sans-serif', textAlign: 'center', textBaseline: 'middle' });
  cells.forEach((row, y) => row.forEach((one, x) => {
    const left = x ? lead + (x - 1) * (wide + gap) : 0;
    const top = y ? head + (y - 1) * (high + gap) : 0;
    const img = one.querySelector('img');
    if (img) pen.drawImage(img, left + (wide - img.naturalWidth) / 2, top + (high - img.naturalHeight) / 2);
    else pen.fillText(one.textContent, left + (x ? wide : lead) / 2, top + (y ? high : head) / 2, (x ? wide : lead) - 8);
  }));
  const link = document.createElement('a');
  link.download = 'triptych-grid.png';
  link.href = sheet.toDataURL('image/png');
  link.click();
});
watch('value', put);
put();
