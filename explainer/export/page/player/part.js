// What the interactive part of a film exports; this one stands for a film that has none.
//
// `mount(host, setting)` builds the part inside the empty element `host` and gives back
// `{ leave() }`, which is called when the part is no longer looked at. `setting` holds
//   language   the tag of the page's language; a part falls back to one that it knows
//   still      true if the reader wants nothing to move by itself
//   speak      a function that says a text to screen readers, politely
// The part may use the page's colours (--ground, --raised, --ink, --muted, --line, --accent), its
// classes `switch`, `range`, `button` and `icon`, and nothing from outside the page: no import, no
// address, no markup from strings.

export const mount = null;
