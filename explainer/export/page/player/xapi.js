// Statements of xAPI 1.0.3 about what was watched and answered, for the store whose address the
// package was made with. They are sent only where the page was launched with that address, who it is
// that learns, and what lets it in, as in `?endpoint=…&auth=…&actor=…`.

const VERBS = "http://adlnet.gov/expapi/verbs/";
const KINDS = "http://adlnet.gov/expapi/activities/";

export class Statements {
  constructor({ xapi, activity }, film, failed) {
    const given = new URLSearchParams(location.search);
    const asked = given.get("endpoint") ?? "";
    const is_asked = xapi !== "" && (asked === xapi || `${asked}/` === xapi) && given.has("auth");
    Object.assign(this, { film, failed, store: is_asked ? xapi : "", auth: given.get("auth") });
    this.activity = given.get("activity_id") ?? activity;
    this.registration = given.get("registration");
    try {
      this.actor = JSON.parse(given.get("actor"));
    } catch {
      this.actor = null;
    }
    if (!this.actor) this.store = "";
  }

  begun() {
    this.#send("initialized", this.#film());
  }

  answered({ id, ask, answers }, choice, right) {
    const { language } = this.film;
    const choices = answers.map(({ text }, at) => ({ id: String(at), description: { [language]: text } }));
    const definition = {
      type: `${KINDS}cmi.interaction`, interactionType: "choice", description: { [language]: ask }, choices,
      correctResponsesPattern: [String(answers.findIndex((answer) => answer.right))],
    };
    const object = { objectType: "Activity", id: `${this.activity}#${id}`, definition };
    this.#send("answered", object, { success: right, response: String(choice) });
  }

  completed(scaled, milliseconds) {
    const duration = `PT${(milliseconds / 1000).toFixed(2)}S`;
    const score = scaled === null ? {} : { score: { scaled } };
    this.#send("completed", this.#film(), { completion: true, duration, ...score });
  }

  #film() {
    const definition = { type: `${KINDS}lesson`, name: { [this.film.language]: this.film.title } };
    return { objectType: "Activity", id: this.activity, definition };
  }

  #send(verb, object, result) {
    if (!this.store) return;
    const statement = {
      actor: this.actor,
      verb: { id: VERBS + verb, display: { "en-US": verb } },
      object,
      result,
      context: { registration: this.registration ?? undefined, language: this.film.language },
      timestamp: new Date().toISOString(),
    };
    const headers = { Authorization: this.auth, "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3" };
    fetch(`${this.store}statements`, { method: "POST", keepalive: true, headers, body: JSON.stringify(statement) })
      .then(({ ok }) => ok || this.failed())
      .catch(() => this.failed());
  }
}
