// The finished film: rendered, exported, measured and opened from here.

import { element, find } from "./elements.js";

const SIGNS = { true: ["✓", "ok"], false: ["✗", "failed"], null: ["–", "not judged"] };

export class FilmPanel {
  // `ask(where, body, told)` asks the program to do something, and shows in `told` why it did not
  constructor(ask) {
    this.ask = ask;
    this.state = {};
    this.rows = "";
    find("make").addEventListener("submit", (event) => {
      event.preventDefault();
      const exports = [...find("exports").querySelectorAll("input:checked")].map((box) => box.value);
      this.send({ step: "render", quality: find("quality").value, exports });
    });
    find("verify").addEventListener("click", () => this.send({ step: "verify" }));
    find("cancel").addEventListener("click", () => this.send({ step: "cancel" }));
  }

  send(body) {
    return this.ask("make", body, find("make-told"));
  }

  show(state) {
    if (!find("quality").options.length) this.offer(state);
    this.state = state;
    const { film, running } = state;
    find("film-panel").hidden = false;
    find("film-facts").textContent = running ? `${state.step}${state.percent ? ` ${state.percent} %` : ""}`
      : film ? `${film.path.split("/").pop()}, ${film.length.toFixed(1)} s` : "not rendered yet";
    find("render").disabled = running;
    find("verify").disabled = running || !film;
    find("cancel").hidden = find("progress").hidden = !running;
    find("progress").value = state.percent;
    find("making").textContent = this.said(state);
    find("open").hidden = !state.page || running;
    find("open").href = state.page || "#";
    find("stale").hidden = !state.saved_since.length;
    find("stale").textContent = this.stale(state);
    find("make-problem").hidden = !state.problem;
    find("make-problem").textContent = state.problem;
    find("files").hidden = !film?.exported;
    find("files").textContent = film?.exported?.join(", ") ?? "";
    const rows = JSON.stringify(state.rows);
    if (rows !== this.rows) this.show_rows(state.rows);
    this.rows = rows;
  }

  offer({ qualities, exports }) {
    find("quality").append(...qualities.map((name) => element("option", { value: name, textContent: name })));
    find("quality").value = qualities.includes("1080p30") ? "1080p30" : qualities[0];
    find("exports").append(...exports.map((name) => element("label", {}, element("input", { type: "checkbox", value: name }), name)));
  }

  said({ running, step, percent, left, told, film }) {
    if (running) return [step, percent ? `${percent} %` : "", left].filter(Boolean).join(", ");
    const facts = film ? `${film.shown}: ${film.length.toFixed(1)} s, ${(film.size / 1e6).toFixed(1)} MB` : "";
    return [facts, film?.took ? `made in ${film.took.toFixed(0)} s` : "", told].filter(Boolean).join("; ");
  }

  stale({ running, saved_since }) {
    const named = saved_since.slice(0, 4).join(", ") + (saved_since.length > 4 ? ` and ${saved_since.length - 4} more` : "");
    return running
      ? `Saved since this was begun, and perhaps not all in this film: ${named}. Render again when it is done; only what is touched is made again.`
      : `The film is older than ${named}. Render again; only what is touched is made again.`;
  }

  show_rows(rows) {
    find("rows-box").hidden = !rows.length;
    const rank = (row) => (row.ok === false ? 0 : row.ok === null ? 1 : 2); // what failed comes first
    find("rows").replaceChildren(...rows.toSorted((one, two) => rank(one) - rank(two)).map((row) => {
      const [sign, name] = SIGNS[String(row.ok)];
      const mark = element("td", { className: name, textContent: `${sign} ${name}` });
      return element("tr", {}, mark, element("th", { scope: "row", textContent: row.what }),
        element("td", { textContent: row.measured }), element("td", { textContent: row.wanted }));
    }));
  }
}
