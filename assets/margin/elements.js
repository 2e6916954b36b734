// The margin's own elements, and how new ones are made: what a person or a model wrote is always text.
const root = element.querySelector('.margin');
const find = (name) => root.querySelector(name);
const say = (key) => find(`[data-say="${key}"]`).innerHTML;
const press = (id) => document.getElementById(id)?.querySelector('button')?.click() ?? document.getElementById(id)?.click();

const percent = (chance) => (chance >= 0.0995 ? `${Math.round(chance * 100)} %` : `${(chance * 100).toFixed(1)} %`);
const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const button = (className, label, act) => {
  const made = make('button', className);
  made.type = 'button';
  made.append(label);
  made.addEventListener('click', act);
  return made;
};
const spoken = (key) => {
  const made = make('span');
  made.innerHTML = say(key);
  return made;
};
