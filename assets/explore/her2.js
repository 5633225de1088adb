// The cell surface to play with: gene copies, trastuzumab and NK cells in; receptors, pairs, signal
// and tagged cells out. A schematic: the rules are few, stated on the page, and meant to teach a
// direction and not a dose. Anatomy as in the film: four domains, the pairing arm on II, trastuzumab
// on IV (Cho 2003), its tail gripped by Fc receptors of NK cells (Clynes 2000).

const PER_COPY = 10000;
const HALF_PAIRED = 400000;
const HALF_SIGNAL = 100000;
const HELD = 0.9;
const HALF_GRIP = 200000;
const ROOM = 24;
const START = 12;

const TEXTS = {
  en: {
    copies: "Gene copies per cell", trastuzumab: "Trastuzumab", nk: "NK cells", receptors: "Receptors, about",
    paired: "Paired", signal: "Growth signal", cells: "Tumor cells", tagged: "Tagged", lost: "Taken apart",
    play: "Play", pause: "Pause", step: "Step", reset: "Reset", full: "Full screen", rules: "The rules", out: "outside the cell", inside: "inside the cell",
    picture: "A stretch of cell surface: {drawn} receptors drawn, {pairs} pairs, {held} held apart by trastuzumab.",
    steps: "Step {n}",
    law: [
      "Each gene copy puts about 10,000 receptors on the surface: 2 copies give 20,000, 100 give a million. One receptor is drawn for about 70,000, and at least two.",
      "Free receptors pair more the denser they stand: of f free ones, the share f ÷ (f + 400,000) is paired. HER3 and other partners are left out.",
      "The signal rises with the paired receptors p and levels off: p ÷ (p + 100,000).",
      "Trastuzumab holds nine of ten receptors by domain IV. Those do not pair; their arms stay free.",
      "With every step the signal lets cells divide, one in twenty at full signal, up to 24 cells.",
      "With every step trastuzumab tags up to four more cells. NK cells take tagged cells apart, up to two a step; few tails on a cell give them little grip.",
    ],
  },
  es: {
    copies: "Copias del gen por célula", trastuzumab: "Trastuzumab", nk: "Células NK", receptors: "Receptores, unos",
    paired: "Emparejados", signal: "Señal de crecimiento", cells: "Células tumorales", tagged: "Marcadas", lost: "Desmontadas",
    play: "Reproducir", pause: "Pausar", step: "Paso", reset: "Reiniciar", full: "Pantalla completa", rules: "Las reglas", out: "fuera de la célula", inside: "dentro de la célula",
    picture: "Un tramo de la superficie celular: {drawn} receptores dibujados, {pairs} parejas, {held} separados por trastuzumab.",
    steps: "Paso {n}",
    law: [
      "Cada copia del gen pone unos 10 000 receptores en la superficie: 2 copias dan 20 000, 100 dan un millón. Se dibuja un receptor por cada 70 000, y al menos dos.",
      "Los receptores libres se emparejan más cuanto más juntos están: de f libres, la parte f ÷ (f + 400 000) está emparejada. HER3 y otras parejas quedan fuera.",
      "La señal sube con los receptores emparejados p y se satura: p ÷ (p + 100 000).",
      "El trastuzumab sujeta nueve de cada diez receptores por el dominio IV. Esos no se emparejan; su brazo queda libre.",
      "En cada paso la señal hace que se dividan células, una de cada veinte con señal plena, hasta 24 células.",
      "En cada paso el trastuzumab marca hasta cuatro células más. Las células NK desmontan hasta dos marcadas por paso; pocas colas dan poco agarre.",
    ],
  },
  de: {
    copies: "Genkopien je Zelle", trastuzumab: "Trastuzumab", nk: "NK-Zellen", receptors: "Rezeptoren, etwa",
    paired: "Gepaart", signal: "Wachstumssignal", cells: "Tumorzellen", tagged: "Markiert", lost: "Zerlegt",
    play: "Abspielen", pause: "Anhalten", step: "Schritt", reset: "Zurücksetzen", full: "Vollbild", rules: "Die Regeln", out: "außerhalb der Zelle", inside: "in der Zelle",
    picture: "Ein Stück Zelloberfläche: {drawn} Rezeptoren gezeichnet, {pairs} Paare, {held} von Trastuzumab getrennt.",
    steps: "Schritt {n}",
    law: [
      "Jede Genkopie bringt etwa 10.000 Rezeptoren an die Oberfläche: 2 Kopien geben 20.000, 100 eine Million. Gezeichnet ist einer für etwa 70.000, mindestens zwei.",
      "Freie Rezeptoren paaren sich umso mehr, je dichter sie stehen: von f freien ist der Anteil f ÷ (f + 400.000) gepaart. HER3 und andere Partner bleiben außen vor.",
      "Das Signal steigt mit den gepaarten Rezeptoren p und flacht ab: p ÷ (p + 100.000).",
      "Trastuzumab hält neun von zehn Rezeptoren an Domäne IV. Diese paaren sich nicht; ihr Arm bleibt frei.",
      "Mit jedem Schritt lässt das Signal Zellen sich teilen, bei vollem Signal eine von zwanzig, bis zu 24 Zellen.",
      "Mit jedem Schritt markiert Trastuzumab bis zu vier weitere Zellen. NK-Zellen zerlegen bis zu zwei markierte je Schritt; wenige Enden geben wenig Halt.",
    ],
  },
};

// What holds at once, for one cell: numbers of receptors, shares from 0 to 1.
export function surface(copies, drug) {
  const receptors = copies * PER_COPY;
  const held = drug ? HELD * receptors : 0;
  const free = receptors - held;
  const share = free / (free + HALF_PAIRED);
  const paired = free * share;
  return { receptors, held, share, paired, signal: paired / (paired + HALF_SIGNAL) };
}

// What a step does to the cells; `cells` holds "tumor", "tagged", "gone" or "" for each place.
export function step(state, drug, nk, { held, signal }) {
  const cells = state.cells.map((cell) => (cell === "gone" ? "" : cell));
  const places = (what) => cells.flatMap((cell, at) => (cell === what ? [at] : []));
  const [from, to] = drug ? ["tumor", "tagged"] : ["tagged", "tumor"];
  for (const at of places(from).slice(0, 4)) cells[at] = to;
  let { grip, growth, lost } = state;
  grip = nk && places("tagged").length ? grip + (2 * held ** 2) / (held ** 2 + HALF_GRIP ** 2) : 0;
  for (; grip >= 1 && places("tagged").length; grip -= 1, lost += 1) cells[places("tagged")[0]] = "gone";
  const alive = places("tumor").length + places("tagged").length;
  growth += (alive * signal) / 20;
  for (; growth >= 1; growth -= 1) if (places("").length) cells[places("")[0]] = "tumor";
  return { cells, grip, growth, lost, steps: state.steps + 1 };
}

const fresh = () => ({
  cells: Array.from({ length: ROOM }, (_, at) => (at < START ? "tumor" : "")),
  grip: 0, growth: 0, lost: 0, steps: 0,
});

export function mount(host, { language, still, speak, state: asked, keep }) {
  const words = TEXTS[language.split("-")[0]] ?? TEXTS.en;
  const number = new Intl.NumberFormat(words === TEXTS.en ? "en" : language);
  const percent = (part) => `${number.format(Math.round(part * 100))} %`;
  const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  let state = fresh();
  let playing = false;
  let due = 0;
  let frame = 0;
  let saying = 0;

  const picture = draw(words);
  const slider = html("input", { type: "range", className: "range", min: 2, max: 100, step: 1, value: 25, id: "gene-copies" });
  const drug = html("input", { type: "checkbox", role: "switch", id: "use-drug" });
  const nk = html("input", { type: "checkbox", role: "switch", id: "use-nk" });
  // read where one looks for them, and said together when one has done something
  const reading = (name, ariaLabel, more = {}) => html("output", { name, ariaLabel, ariaLive: "off", ...more });
  const value = reading("copies", words.copies);
  value.htmlFor = "gene-copies";
  const outs = Object.fromEntries(
    ["receptors", "paired", "signal", "cells", "tagged", "lost"].map((name) => [name, reading(name, words[name])]),
  );
  const tile = (name, ...more) => html("div", { className: `tile ${name}` }, html("span", { textContent: words[name] }), outs[name], ...more);
  const gauge = html("i", { className: "gauge" }, html("i"));
  const bank = svg("svg", { viewBox: "0 0 480 100", class: "bank", "aria-hidden": "true" });
  const spots = state.cells.map((_, at) => bank.appendChild(small_cell(20 + (at % 12) * 40, 26 + Math.floor(at / 12) * 48)));
  const button = (text, act, extra = "") => {
    const made = html("button", { type: "button", className: `button ${extra}`, textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const run = button(words.play, () => turn(!playing), "primary");
  const count = reading("steps", words.step, { className: "steps-done" });
  const buttons = [run, button(words.step, () => { turn(false); advance(); }), button(words.reset, reset)];
  const lab = html("div", { className: "lab" },
    html("div", { className: "lab-scene" }, picture.root),
    html("div", { className: "lab-side" },
      html("div", { className: "copies" }, html("label", { htmlFor: "gene-copies", textContent: words.copies }), value, slider),
      html("div", { className: "switches" },
        html("label", { className: "switch drug" }, drug, words.trastuzumab),
        html("label", { className: "switch nk" }, nk, words.nk)),
      html("div", { className: "tiles" }, tile("receptors"), tile("paired"), tile("signal", gauge))),
    html("div", { className: "lab-cells" }, bank,
      html("div", { className: "tiles" }, tile("cells"), tile("tagged"), tile("lost"))),
    html("div", { className: "lab-bar" }, ...buttons, count));
  if (document.fullscreenEnabled) {
    const full = () => (document.fullscreenElement ? document.exitFullscreen() : lab.requestFullscreen());
    lab.lastChild.append(button(words.full, full, "full"));
  }
  const rules = html("div", { className: "rules" }, html("h2", { textContent: words.rules }),
    html("ol", {}, ...words.law.map((text) => html("li", { textContent: text }))));
  host.append(lab, rules);
  // as “60-drug-nk”: copies, and which switches are on
  const [copies, ...on] = asked.split("-");
  if (Number(copies)) slider.value = copies;
  for (const [name, control] of [["drug", drug], ["nk", nk]]) control.checked = on.includes(name);
  for (const control of [slider, drug, nk]) control.addEventListener("input", changed);
  show();
  picture.settle();
  frame = requestAnimationFrame(tick);

  function show() {
    const now = surface(Number(slider.value), drug.checked);
    value.textContent = slider.value;
    slider.style.setProperty("--part", `${((slider.value - 2) / 98) * 100}%`);
    outs.receptors.textContent = number.format(now.receptors);
    outs.paired.textContent = percent(now.paired / now.receptors);
    outs.signal.textContent = percent(now.signal);
    gauge.firstChild.style.transform = `scaleX(${now.signal})`;
    const has = (what) => state.cells.filter((cell) => cell === what).length;
    outs.cells.textContent = number.format(has("tumor") + has("tagged"));
    outs.tagged.textContent = number.format(has("tagged"));
    outs.lost.textContent = number.format(state.lost);
    count.textContent = put(words.steps, { n: state.steps });
    run.textContent = playing ? words.pause : words.play;
    spots.forEach((spot, at) => spot.setAttribute("class", `cell ${state.cells[at] || "none"}`));
    const seen = picture.arrange(now, drug.checked, nk.checked);
    picture.root.setAttribute("aria-label", put(words.picture, seen));
    return now;
  }

  function changed() {
    show();
    keep([slider.value, ...(drug.checked ? ["drug"] : []), ...(nk.checked ? ["nk"] : [])].join("-"));
    summarize();
    if (still) picture.settle();
  }

  // Has all that is read said once, a little after the last change; while it plays, nothing is.
  function summarize() {
    clearTimeout(saying);
    if (playing) return;
    const heard = Object.entries(outs).map(([name, out]) => `${words[name]}: ${out.textContent}.`);
    saying = setTimeout(() => speak(heard.join(" ")), 700);
  }

  function advance() {
    state = step(state, drug.checked, nk.checked, surface(Number(slider.value), drug.checked));
    show();
    if (playing && state.cells.every((cell) => cell === "" || cell === "gone")) turn(false);
    summarize();
  }

  function reset() {
    turn(false);
    state = fresh();
    show();
  }

  function turn(on) {
    playing = on;
    due = performance.now() + 900;
    show();
    summarize();
  }

  function tick(now) {
    if (playing && now >= due) {
      due = now + 900;
      advance();
    }
    picture.move(playing && !still ? now : 0);
    frame = requestAnimationFrame(tick);
  }

  return { leave: () => { cancelAnimationFrame(frame); clearTimeout(saying); } };
}

const UNIT = 34; // pixels for one unit of the film's receptors
const LEVEL = 236; // where the membrane's middle is
const WIDE = 960;
const MOST = 14;

// The picture: `arrange` says where things go, `move` brings them nearer, `settle` at once.
function draw(words) {
  const root = svg("svg", { viewBox: `0 0 ${WIDE} 400`, preserveAspectRatio: "xMidYMid slice", role: "img" });
  root.append(paints(), svg("rect", { width: WIDE, height: 400, fill: "url(#lab-night)" }));
  root.append(svg("rect", { y: LEVEL, width: WIDE, height: 200, fill: "url(#lab-cytoplasm)" }));
  const light = svg("ellipse", { cx: 480, cy: 340, rx: 520, ry: 120, fill: "url(#lab-light)", opacity: 0 });
  root.append(light, svg("rect", { y: LEVEL - 24, width: WIDE, height: 48, fill: "url(#lab-bilayer)" }));
  for (const [at, text] of [[32, words.out], [384, words.inside]]) {
    root.append(svg("text", { x: 18, y: at, class: "place" }, text));
  }
  const chips = chip_row(root);
  const antibodies = Array.from({ length: MOST / 2 }, () => actor(root, antibody(), 480, -80));
  const receptors = Array.from({ length: MOST }, (_, at) => actor(root, receptor(at % 2 ? -1 : 1), 480, LEVEL));
  const killer = actor(root, nk_cell(), 620, -150);
  const all = [...antibodies, ...receptors, killer];

  function arrange({ receptors: n, held, share, signal }, drug, nk) {
    const drawn = Math.min(MOST, Math.max(2, Math.round(n / 70000)));
    const couples = Math.floor(drawn / 2);
    const bound = Math.round((held / n) * couples);
    const free = couples - bound;
    const pairs = Math.round(share * free + 0.35);
    const gap = Math.min(190, WIDE / drawn);
    const place = (at) => 480 + (at - (drawn - 1) / 2) * gap;
    // from the middle outward, so that narrow screens see what there is
    const order = Array.from({ length: couples }, (_, at) => at).sort(
      (a, b) => Math.abs(a - (couples - 1) / 2) - Math.abs(b - (couples - 1) / 2));
    receptors.forEach((one, at) => one.aim(place(at), LEVEL, at < drawn, ""));
    antibodies.forEach((one) => one.aim(480, -80, false, ""));
    order.forEach((couple, rank) => {
      const middle = place(2 * couple + 0.5);
      const kind = rank < bound ? "held" : rank < bound + pairs ? "paired" : "";
      const half = { held: UNIT, paired: 0.56 * UNIT }[kind];
      if (!kind) return;
      receptors[2 * couple].aim(middle - half, LEVEL, true, kind);
      receptors[2 * couple + 1].aim(middle + half, LEVEL, true, kind);
      if (kind === "held") antibodies[couple].aim(middle, LEVEL - 1.55 * UNIT, true, "");
    });
    const tails = antibodies.filter((one) => one.shown).map((one) => one.x);
    const nearest = tails.sort((a, b) => Math.abs(a - 560) - Math.abs(b - 560))[0] ?? 620;
    killer.aim(drug && nk ? nearest : 700, nk ? (drug ? 26 : -30) : -150, nk, drug && nk ? "grips" : "");
    light.setAttribute("opacity", (signal * 0.55).toFixed(2));
    for (const chip of chips) chip.style.opacity = (0.62 + 0.38 * signal).toFixed(2);
    for (const chip of chips) chip.classList.toggle("lit", signal > 0.3);
    return { drawn, pairs, held: 2 * bound };
  }

  return {
    root,
    arrange,
    move: (now) => all.forEach((one, at) => one.move(0.12, now ? Math.sin(now / 700 + at * 1.7) * 1.6 : 0)),
    settle: () => all.forEach((one) => one.move(1, 0)),
  };
}

// A part of the picture that goes where it is sent, and is faded out where it is not wanted.
function actor(root, group, x, y) {
  const me = { x, y, atX: x, atY: y, shown: false, seen: 0 };
  root.append(group);
  me.aim = (toX, toY, shown, kind) => {
    Object.assign(me, { x: toX, y: toY, shown });
    group.setAttribute("class", `${group.dataset.kind} ${kind}`);
  };
  me.move = (part, sway) => {
    me.atX += (me.x - me.atX) * part;
    me.atY += (me.y - me.atY) * part;
    me.seen += ((me.shown ? 1 : 0) - me.seen) * part;
    group.setAttribute("transform", `translate(${(me.atX + sway).toFixed(1)} ${me.atY.toFixed(1)})`);
    group.setAttribute("opacity", me.seen.toFixed(2));
  };
  return me;
}

function receptor(facing) {
  const group = svg("g", { "data-kind": "receptor" });
  const turned = svg("g", { transform: `scale(${facing * UNIT} ${-UNIT})` });
  const rod = (x1, y1, x2, y2, width, paint) =>
    svg("line", { x1, y1, x2, y2, "stroke-width": width, stroke: paint, "stroke-linecap": "round" });
  const ball = (cx, cy, rx, ry, paint) => svg("ellipse", { cx, cy, rx, ry, fill: `url(#lab-${paint})` });
  turned.append(
    svg("path", { d: "M.1-1.5C.3-1.8-.1-1.9.1-2.1.2-2.2.05-2.25.06-2.28", class: "tail" }),
    rod(0, 0.5, 0, -0.85, 0.15, "#e0487a"),
    svg("circle", { cx: 0.03, cy: -1.18, r: 0.85, class: "halo", fill: "url(#lab-halo)" }),
    svg("g", { class: "kinase" }, ball(-0.02, -0.98, 0.27, 0.2, "rest"), ball(0.05, -1.33, 0.36, 0.27, "rest")),
    svg("g", { class: "kinase on" }, ball(-0.02, -0.98, 0.27, 0.2, "lit"), ball(0.05, -1.33, 0.36, 0.27, "lit"),
      ...[[0.34, -1.68], [-0.12, -1.86], [0.24, -2.12]].map(([cx, cy]) => svg("circle", { cx, cy, r: 0.17, fill: "#FFE08A" }))),
    ball(-0.3, 1.4, 0.44, 0.37, "her2"),
    svg("path", { class: "arm", fill: "url(#lab-her2)", d: "M.02 1.95C.3 2.02.6 2 .74 1.84.86 1.7.82 1.52.7 1.6.56 1.76.3 1.76.02 1.64z" }),
    rod(0, 1.55, 0.12, 2.1, 0.4, "#f4638d"), ball(-0.13, 2.39, 0.46, 0.37, "her2"), rod(0, 0.62, -0.06, 1.0, 0.35, "#ff6f97"));
  group.append(turned);
  return group;
}

function antibody() {
  const group = svg("g", { "data-kind": "antibody" });
  const turned = svg("g", { transform: `scale(${UNIT * 0.97} ${-UNIT * 0.97})` });
  const rods = (ends, width, colour) =>
    ends.map(([x1, y1, x2, y2]) => svg("line", { x1, y1, x2, y2, "stroke-width": width, stroke: colour, "stroke-linecap": "round" }));
  const both = (x1, y1, x2, y2) => [[x1, y1, x2, y2], [-x1, y1, -x2, y2]];
  turned.append(
    ...rods(both(0.1, 0.05, 0.24, -0.2), 0.1, "#2ab5a9"),
    ...rods([...both(0.145, 0.32, 0.15, 0.62), ...both(0.15, 0.84, 0.155, 1.1)], 0.27, "#159C93"),
    ...rods([...both(0.14, 0.4, 0.14, 0.6), ...both(0.14, 0.9, 0.145, 1.06)], 0.1, "#35DCCB"),
    ...rods([...both(0.36, -0.12, 0.56, -0.29), ...both(0.72, -0.43, 0.92, -0.6)], 0.25, "#B4F7EF"),
    ...rods([...both(0.2, -0.3, 0.42, -0.5), ...both(0.56, -0.62, 0.8, -0.8)], 0.28, "#35DCCB"),
    svg("line", { x1: -0.1, y1: 0.08, x2: 0.1, y2: 0.08, stroke: "#FFE9A8", "stroke-width": 0.07 }));
  group.append(turned);
  return group;
}

function nk_cell() {
  const group = svg("g", { "data-kind": "killer" });
  const grips = [-52, -18, 18, 52].map((x) =>
    svg("path", { d: `M${x} ${96 - Math.abs(x) / 5}v22m-7 12q0-11 7-12q7 1 7 12`, class: "grip" }));
  group.append(...grips, svg("circle", { r: 104, fill: "url(#lab-nk)", stroke: "#9C82FF", "stroke-width": 3 }),
    svg("ellipse", { cx: 20, cy: -26, rx: 50, ry: 46, fill: "url(#lab-nucleus)" }),
    ...[[-46, 48], [-34, 40], [-26, 54], [-40, 62], [-54, 58]].map(([cx, cy]) => svg("circle", { cx, cy, r: 6, fill: "#FF7A45" })),
    svg("text", { x: 30, y: 62, class: "name" }, "NK"));
  return group;
}

function chip_row(root) {
  const names = ["PI3K", "AKT", "mTOR", "RAS", "RAF", "MEK", "ERK"];
  return names.map((name, at) => {
    const x = 480 + (at - 3) * 60 + (at < 3 ? -8 : 8);
    const chip = svg("g", { class: `chip ${at < 3 ? "survival" : "division"}` },
      svg("rect", { x: x - 27, y: 348, width: 54, height: 28, rx: 14 }), svg("text", { x, y: 367 }, name));
    return root.appendChild(chip);
  });
}

function small_cell(x, y) {
  const spikes = Array.from({ length: 12 }, (_, at) => `rotate(${at * 30} ${x} ${y})`);
  return svg("g", {}, svg("circle", { cx: x, cy: y, r: 10, class: "body" }), svg("circle", { cx: x + 1, cy: y - 1, r: 4.5, class: "nucleus" }),
    ...spikes.map((transform) => svg("path", { d: `M${x} ${y - 10}v-3.5`, transform, class: "spike" })),
    ...spikes.filter((_, at) => at % 2).map((transform) => svg("path", { d: `M${x - 2} ${y - 13.5}l2-1.5 2 1.5m-2-1.5v-3`, transform, class: "flag" })));
}

function paints() {
  const ball = (id, ...stops) => gradient("radialGradient", id, { cx: 0.36, cy: 0.68, r: 0.75 }, stops);
  const glow = (id, ...stops) => gradient("radialGradient", id, {}, stops);
  const bilayer = svg("pattern", { id: "lab-bilayer", width: 15, height: 48, patternUnits: "userSpaceOnUse", y: LEVEL - 24 },
    svg("path", { d: "M5 14v10M10 14v10M5 24v10M10 24v10", stroke: "#3A4A93", "stroke-width": 2 }),
    svg("circle", { cx: 7.5, cy: 7.5, r: 6.4, fill: "#7D96EA" }), svg("circle", { cx: 7.5, cy: 40.5, r: 6.4, fill: "#7D96EA" }),
    svg("circle", { cx: 5.5, cy: 5.5, r: 2.2, fill: "#b3c3fa" }), svg("circle", { cx: 5.5, cy: 38.5, r: 2.2, fill: "#b3c3fa" }));
  return svg("defs", {},
    ball("her2", "#FFB9CD", "#FF5C8A 55%", "#C2336A"), ball("rest", "#B3A8CC", "#7D719E 55%", "#463E6B"),
    ball("lit", "#FFF4CF", "#FFD166 55%", "#DB8B22"), ball("nk", "#7a62e0", "#4A35A8 60%", "#2c1f74"),
    ball("nucleus", "#CDBEFF", "#8c74e8 60%", "#5a43bd"), ball("night", "#18204a", "#0b1029 70%", "#070a1a"),
    glow("halo", "#FFD166", "#FFD16600"), glow("light", "#FFC857", "#FFC85700"),
    gradient("linearGradient", "cytoplasm", { x2: 0, y2: 1 }, ["#33195c", "#1c1040"]), bilayer);
}

function gradient(kind, name, place, stops) {
  const parts = stops.map((stop, at) => {
    const [colour, offset = `${(at / (stops.length - 1)) * 100}%`] = stop.split(" ");
    return svg("stop", { offset, "stop-color": colour.slice(0, 7), "stop-opacity": colour.length > 7 ? 0 : 1 });
  });
  return svg(kind, { id: `lab-${name}`, ...place }, ...parts);
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function html(name, properties = {}, ...children) {
  const { role, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  if (role) element.setAttribute("role", role);
  element.append(...children);
  return element;
}
