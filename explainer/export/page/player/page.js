// Small tools for the page: finding elements, making them from text alone, and its own words.

export const one = (selector, from = document) => from.querySelector(selector);
export const all = (selector, from = document) => [...from.querySelectorAll(selector)];

export function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function icon(button, name) {
  one("use", button).setAttribute("href", `#i-${name}`);
}

export function label(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

// Says something to a screen reader.
export function speak(text) {
  one(".spoken").textContent = text;
}

// Writes the page's own words into the elements that name them.
export function put_words(words) {
  for (const element of all("[data-t]")) element.textContent = words[element.dataset.t];
  for (const element of all("[data-label]")) label(element, words[element.dataset.label]);
  for (const element of all("[data-name]")) {
    element.setAttribute("aria-label", words[element.dataset.name]);
  }
}

export const still_wanted = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
