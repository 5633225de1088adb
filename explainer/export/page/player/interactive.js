// What the interactive part of a film exports. This module takes its place in films without one.
//
// `mount(host, setting)` builds the part inside the empty element `host` and gives back
// `{ leave() }`, which is called when the part is no longer looked at. `setting` holds
//   language   the tag of the page's language; a part falls back to one that it knows
//   still      true if the reader prefers reduced motion
//   speak      a function that has screen readers say a text, politely
//   state      a short text: what `keep` was last given, what an address asks for, or the `state` of a
//              question that has it tried, which may ask for a part of it alone; "" at first
//   keep       a function that has the page keep such a text, and hold it in its address
// The part may use the page's colours (--ground, --raised, --ink, --muted, --line, --accent), its
// classes `switch`, `range`, `button` and `icon`, and nothing from outside the page: no import, no
// address, no markup from strings.

export const mount = null;
