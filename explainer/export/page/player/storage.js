// What is stored between visits, by the film's name; nothing where the browser stores nothing.

export function open_storage(name) {
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
        // the page works without storage, too
      }
    },
  };
}

const PLAYING = "explainer:playing";

// Has one film play at a time: `playing()` tells the pages in other tabs, which then call `pause`.
export function take_turns(pause) {
  addEventListener("storage", ({ key }) => {
    if (key === PLAYING) pause();
  });
  return function playing() {
    try {
      localStorage.setItem(PLAYING, `${Date.now()} ${Math.random()}`);
    } catch {
      // the page works without storage, too
    }
  };
}
