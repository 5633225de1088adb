// What is kept between visits, by the film's name; nothing if the browser keeps nothing.

export function memory(name) {
  const key = `explainer:${name}`;
  const load = () => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  };
  return {
    get: (what) => load()[what],
    set(what, value) {
      try {
        localStorage.setItem(key, JSON.stringify({ ...load(), [what]: value }));
      } catch {
        // a page that may keep nothing still plays
      }
    },
  };
}
