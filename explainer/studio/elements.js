// Elements of the page: found by their id, and made with their attributes and children.

export const find = (id) => document.getElementById(id);

export function element(name, set = {}, ...children) {
  const made = Object.assign(document.createElement(name), set);
  made.append(...children);
  return made;
}
