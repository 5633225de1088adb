// Small tools for the page: elements found, created from text alone, and filled with its own texts.

export const find = (selector, from = document) => from.querySelector(selector);
export const find_all = (selector, from = document) => [...from.querySelectorAll(selector)];

export function create(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export function fill_blanks(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function icon(button, name) {
  find("use", button).setAttribute("href", `#i-${name}`);
}

export function label(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

// Has screen readers say a text, when they have finished what they are saying.
export function announce(text) {
  find(".spoken").textContent = text;
}

// Gives an element the focus and brings it into the window, as a link to it does.
export function go_to(element, block = "nearest") {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block });
}

// Writes the page's own texts, by name, into the elements that ask for them.
export function apply_strings(strings) {
  for (const element of find_all("[data-t]")) element.textContent = strings[element.dataset.t];
  for (const element of find_all("[data-label]")) label(element, strings[element.dataset.label]);
  for (const element of find_all("[data-name]")) {
    element.setAttribute("aria-label", strings[element.dataset.name]);
  }
}

export const prefers_reduced_motion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
