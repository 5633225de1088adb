// A learning platform for tests: the interfaces of SCORM 1.2 and 2004 as the standards have them. It
// takes only known elements with values of their kinds, in the right order of calls, and gathers in
// `lms.faults` what it had to refuse.

const REAL = /^-?\d{1,7}(\.\d{1,7})?$/;
const percent = (value) => REAL.test(value) && Number(value) >= 0 && Number(value) <= 100;
const one_of = (...words) => (value) => words.includes(value);
const up_to = (length) => (value) => value.length <= length;
const letter = (value) => /^[a-z0-9]$/.test(value);
const name = (value) => /^[\w-]{1,255}$/.test(value);

const ELEMENTS = {
  1.2: {
    "cmi.core.lesson_status": one_of("passed", "completed", "failed", "incomplete", "browsed"),
    "cmi.core.lesson_location": up_to(255),
    "cmi.core.score.raw": percent, "cmi.core.score.min": percent, "cmi.core.score.max": percent,
    "cmi.core.session_time": (value) => /^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/.test(value),
    "cmi.core.exit": one_of("time-out", "suspend", "logout", ""),
    "cmi.suspend_data": up_to(4096),
    "cmi.interactions.n.id": name, "cmi.interactions.n.type": one_of("choice"),
    "cmi.interactions.n.time": (value) => /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(value),
    "cmi.interactions.n.correct_responses.0.pattern": letter, "cmi.interactions.n.student_response": letter,
    "cmi.interactions.n.result": one_of("correct", "wrong", "unanticipated", "neutral"),
  },
  2004: {
    "cmi.completion_status": one_of("completed", "incomplete", "not attempted", "unknown"),
    "cmi.location": up_to(1000),
    "cmi.score.raw": (value) => REAL.test(value), "cmi.score.min": (value) => REAL.test(value), "cmi.score.max": (value) => REAL.test(value),
    "cmi.score.scaled": (value) => REAL.test(value) && Math.abs(Number(value)) <= 1,
    "cmi.session_time": (value) => /^PT(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?$/.test(value),
    "cmi.exit": one_of("time-out", "suspend", "logout", "normal", ""),
    "cmi.suspend_data": up_to(64000),
    "cmi.interactions.n.id": up_to(4000), "cmi.interactions.n.type": one_of("choice"),
    "cmi.interactions.n.timestamp": (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,2}Z?)?$/.test(value),
    "cmi.interactions.n.correct_responses.0.pattern": letter, "cmi.interactions.n.learner_response": letter,
    "cmi.interactions.n.result": one_of("correct", "incorrect", "unanticipated", "neutral"),
    "cmi.interactions.n.description": up_to(250),
  },
};
const UNSET = { "cmi.core.lesson_status": "not attempted", "cmi.completion_status": "unknown" };
const WRITE_ONLY = /interactions\.\d|session_time|\.exit$/;

function platform(version, kept) {
  const is_2004 = version === "2004";
  const lms = { values: { ...kept }, saved: null, faults: [], calls: [], state: "new", error: 0 };
  const refuse = (error, what) => {
    lms.error = error;
    lms.faults.push(`${error} ${what}`);
    return "false";
  };
  const done = (answer = "true") => {
    lms.error = 0;
    return answer;
  };
  const running = (call) => (lms.state === "running" ? true : refuse(301, call));
  const plain = (element) => element.replace(/^(cmi\.interactions\.)\d+\./, "$1n.");
  const count = () => new Set(Object.keys(lms.values).map((key) => /interactions\.(\d+)\./.exec(key)?.[1]).filter(Boolean)).size;
  const calls = {
    start(text) {
      if (text !== "" || lms.state !== "new") return refuse(103, "start");
      lms.state = "running";
      return done();
    },
    finish(text) {
      if (text !== "" || running("finish") !== true) return refuse(112, "finish");
      lms.state = "over";
      lms.saved = { ...lms.values };
      return done();
    },
    commit(text) {
      if (text !== "" || running("commit") !== true) return refuse(142, "commit");
      lms.saved = { ...lms.values };
      return done();
    },
    get(element) {
      if (running(`get ${element}`) !== true) return "";
      if (element === "cmi.interactions._count") return done(String(count()));
      if (!ELEMENTS[version][plain(element)]) return refuse(401, element) && "";
      if (WRITE_ONLY.test(element) && !is_2004) return refuse(404, element) && "";
      return done(lms.values[element] ?? UNSET[element] ?? "");
    },
    set(element, value) {
      if (running(`set ${element}`) !== true) return "false";
      const takes = ELEMENTS[version][plain(element)];
      if (!takes) return refuse(401, element);
      if (typeof value !== "string" || !takes(value)) return refuse(406, `${element} = ${value}`);
      const [, number, field] = /interactions\.(\d+)\.(.*)/.exec(element) ?? [];
      if (number && Number(number) > count()) return refuse(351, element);
      const needs = is_2004 && number && field !== "id" && !lms.values[`cmi.interactions.${number}.id`];
      if (needs) return refuse(408, element);
      lms.values[element] = value;
      lms.calls.push(element);
      return done();
    },
  };
  const names = is_2004
    ? { start: "Initialize", finish: "Terminate", commit: "Commit", get: "GetValue", set: "SetValue", error: "GetLastError" }
    : { start: "LMSInitialize", finish: "LMSFinish", commit: "LMSCommit", get: "LMSGetValue", set: "LMSSetValue", error: "LMSGetLastError" };
  calls.error = () => String(lms.error);
  const api = Object.fromEntries(Object.entries(names).map(([call, name]) => [name, calls[call]]));
  window[is_2004 ? "API_1484_11" : "API"] = api;
  return lms;
}
