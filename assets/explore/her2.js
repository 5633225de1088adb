// The cell surface to play with: gene copies, trastuzumab, NK cells and resistance in; receptors,
// pairs, signal and cells out. A schematic: its rules, and what is invented in them, stand on the
// page. What is drawn is what is said: one receptor for each 10,000, and a count beside each kind.
// Anatomy as in the film: four domains, the pairing arm on II, trastuzumab on IV (Cho 2003), its
// tail gripped close to the hinge by FcγRIIIa of NK cells (Sondermann 2000).

const COPIES = [2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100];
const MARKS = [2, 6, 25, 100];
const PER_COPY = 10000;
const HER3 = 20000;
const HALF_HER3 = 200000;
const HALF_HER2 = 400000;
const HALF_SIGNAL = 50000;
const HELD = 0.9;
const MOST_TAKEN = 0.3;
const HALF_GRIP = 400000;
const ROOM = 24;
const START = 12;
const RESISTANT = 2;
const SWITCHES = ["drug", "nk", "resist"];

const TEXTS = {
  en: {
    copies: "Gene copies per cell", drug: "Trastuzumab", nk: "NK cells", resist: "Some cells resist", receptors: "HER2 on the surface, about",
    taken: "Taken in, about", paired: "Of these, paired", signal: "Growth signal", cells: "Cells", tagged: "Tagged", resisting: "Resistant", lost: "Taken apart",
    play: "Play", pause: "Pause", step: "Step", reset: "Reset", full: "Full screen", rules: "The rules, and what is invented in them", invented: "Invented:",
    normal: "normal cell", usual: "two copies", few: "a few too many", amplified: "amplified", resistant: "resistant cell", none: "no cell is left", count: "{n} copies: {r}",
    marks: ["normal", "amplified", "dozens", "extreme"],
    kinds: ["free", "paired", "with HER3", "held"], arm: "pairing arm", kinase: "kinases", antibody: "antibody", domain: "domain IV", outside: "outside", inside: "inside",
    picture: "A normal cell with {normal} HER2 drawn, and beside it: {name}, {drawn} HER2 drawn on its rim, one for each 10,000; {inside} taken in.",
    close: "Close up, of the HER2 drawn: {free} free, {homo} in {pairs} pairs, {hetero} with HER3, {held} held by trastuzumab{grip}.",
    gripped: ", whose tails FcγRIIIa of an NK cell grips", scale: "One receptor is drawn for each 10,000 on a cell, to the nearest whole pair.", drag: "Drag trastuzumab or the NK cell onto the cell, or switch them on.",
    steps: "Step {n}",
    law: [
      ["A normal cell has two copies of the gene and about 20,000 HER2; an amplified one up to a million. From about six copies on, tests call a gene amplified.", "each copy gives 10,000, at any number of copies."],
      ["HER2 is always open to pair, and HER3 is its strongest partner.", "20,000 HER3 on every cell; with f free HER2, the share f ÷ (f + 200,000) of HER3 is paired."],
      ["Crowded HER2 pair with each other.", "of the f HER2 that are then left, the share f ÷ (f + 400,000)."],
      ["In a pair kinases are switched on; HER3's own hardly works, and its pairs still signal strongly.", "a pair with HER3 counts as two of HER2; for p pairs so counted the signal is p ÷ (p + 50,000)."],
      ["Trastuzumab holds HER2 by domain IV and leaves its arm free; what is held can hardly pair. It binds normal cells too.", "it holds nine of ten, and those do not pair at all."],
      ["Receptors that are held are taken in and degraded.", "at most 30 %; each step brings the cell a quarter of the way there, or back."],
      ["The signal makes cells survive and divide.", "at full signal, one in twenty divides at each step, up to 24 cells."],
      ["FcγRIIIa on NK cells grips the antibody's tail, close to its hinge, and the NK cell kills. This is one mechanism of several.", "four cells are tagged at each step; with h HER2 held, 2 h² ÷ (h² + 400,000²) tagged cells are taken apart."],
      ["Some tumors do not respond, or no longer, for several reasons.", "two cells of twelve, and their daughters, have nothing that trastuzumab can hold."],
    ],
  },
  es: {
    copies: "Copias del gen por célula", drug: "Trastuzumab", nk: "Células NK", resist: "Algunas resisten", receptors: "HER2 en la superficie, unos",
    taken: "Captados, unos", paired: "De ellos, en pareja", signal: "Señal de crecimiento", cells: "Células", tagged: "Marcadas", resisting: "Resistentes", lost: "Desmontadas",
    play: "Reproducir", pause: "Pausar", step: "Paso", reset: "Reiniciar", full: "Pantalla completa", rules: "Las reglas, y lo que hay inventado en ellas", invented: "Inventado:",
    normal: "célula normal", usual: "dos copias", few: "algunas de más", amplified: "amplificada", resistant: "célula resistente", none: "no queda ninguna", count: "{n} copias: {r}",
    marks: ["normal", "amplificado", "decenas", "extremo"],
    kinds: ["libre", "en pareja", "con HER3", "sujeto"], arm: "brazo", kinase: "quinasas", antibody: "anticuerpo", domain: "dominio IV", outside: "fuera", inside: "dentro",
    picture: "Una célula normal con {normal} HER2 dibujados y, al lado: {name}, {drawn} HER2 dibujados en su borde, uno por cada 10 000; {inside} captados.",
    close: "De cerca, de los HER2 dibujados: {free} libres, {homo} en {pairs} parejas, {hetero} con HER3, {held} sujetos por trastuzumab{grip}.",
    gripped: ", cuyas colas agarra el FcγRIIIa de una célula NK", scale: "Se dibuja un receptor por cada 10 000 de una célula, hasta la pareja entera más próxima.", drag: "Arrastra el trastuzumab o la célula NK hasta la célula, o actívalos.",
    steps: "Paso {n}",
    law: [
      ["Una célula normal tiene dos copias del gen y unos 20 000 HER2; una amplificada, hasta un millón. Desde unas seis copias, las pruebas hablan de amplificación.", "cada copia da 10 000, sea cual sea su número."],
      ["HER2 siempre está abierto a emparejarse, y HER3 es su pareja más fuerte.", "20 000 HER3 en cada célula; con f HER2 libres, la parte f ÷ (f + 200 000) de los HER3 está emparejada."],
      ["Los HER2 apiñados se emparejan entre sí.", "de los f HER2 que quedan entonces, la parte f ÷ (f + 400 000)."],
      ["En una pareja se encienden las quinasas; la de HER3 apenas funciona, y aun así sus parejas dan una señal fuerte.", "una pareja con HER3 vale por dos de HER2; con p parejas así contadas, la señal es p ÷ (p + 50 000)."],
      ["El trastuzumab sujeta HER2 por el dominio IV y deja libre su brazo; lo sujeto apenas puede emparejarse. También se une a células normales.", "sujeta nueve de cada diez, y esos no se emparejan nada."],
      ["Los receptores sujetos se captan y se degradan.", "como mucho el 30 %; cada paso recorre un cuarto del camino, de ida o de vuelta."],
      ["La señal hace que las células sobrevivan y se dividan.", "con señal plena se divide una de cada veinte por paso, hasta 24 células."],
      ["El FcγRIIIa de las células NK agarra la cola del anticuerpo, cerca de su bisagra, y la célula NK mata. Es un mecanismo entre varios.", "se marcan cuatro células por paso; con h HER2 sujetos se desmontan 2 h² ÷ (h² + 400 000²) células marcadas."],
      ["Algunos tumores no responden, o dejan de hacerlo, por varias razones.", "dos células de doce, y sus hijas, no tienen nada que el trastuzumab pueda sujetar."],
    ],
  },
  de: {
    copies: "Genkopien je Zelle", drug: "Trastuzumab", nk: "NK-Zellen", resist: "Einige sind resistent", receptors: "HER2 an der Oberfläche, etwa",
    taken: "Aufgenommen, etwa", paired: "Davon gepaart", signal: "Wachstumssignal", cells: "Zellen", tagged: "Markiert", resisting: "Resistent", lost: "Zerlegt",
    play: "Abspielen", pause: "Anhalten", step: "Schritt", reset: "Zurücksetzen", full: "Vollbild", rules: "Die Regeln, und was daran erfunden ist", invented: "Erfunden:",
    normal: "normale Zelle", usual: "zwei Kopien", few: "einige zu viel", amplified: "amplifiziert", resistant: "resistente Zelle", none: "keine Zelle übrig", count: "{n} Kopien: {r}",
    marks: ["normal", "amplifiziert", "Dutzende", "extrem"],
    kinds: ["frei", "gepaart", "mit HER3", "gehalten"], arm: "Bindungsarm", kinase: "Kinasen", antibody: "Antikörper", domain: "Domäne IV", outside: "außen", inside: "innen",
    picture: "Eine normale Zelle mit {normal} gezeichneten HER2, daneben: {name}, {drawn} HER2 an ihrem Rand gezeichnet, einer für je 10.000; {inside} aufgenommen.",
    close: "Nah, von den gezeichneten HER2: {free} frei, {homo} in {pairs} Paaren, {hetero} mit HER3, {held} von Trastuzumab gehalten{grip}.",
    gripped: ", dessen Enden FcγRIIIa einer NK-Zelle greift", scale: "Gezeichnet ist ein Rezeptor für je 10.000 einer Zelle, auf ganze Paare gerundet.", drag: "Trastuzumab oder die NK-Zelle auf die Zelle ziehen, oder einschalten.",
    steps: "Schritt {n}",
    law: [
      ["Eine normale Zelle hat zwei Kopien des Gens und etwa 20.000 HER2, eine amplifizierte bis zu einer Million. Ab etwa sechs Kopien nennen Tests ein Gen amplifiziert.", "jede Kopie gibt 10.000, wie viele es auch sind."],
      ["HER2 ist immer zum Paaren offen, und HER3 ist sein stärkster Partner.", "20.000 HER3 auf jeder Zelle; bei f freien HER2 ist der Anteil f ÷ (f + 200.000) der HER3 gepaart."],
      ["Dicht stehende HER2 paaren sich miteinander.", "von den f HER2, die dann übrig sind, der Anteil f ÷ (f + 400.000)."],
      ["Im Paar werden Kinasen eingeschaltet; die von HER3 arbeitet kaum, seine Paare geben dennoch ein starkes Signal.", "ein Paar mit HER3 zählt wie zwei von HER2; bei p so gezählten Paaren ist das Signal p ÷ (p + 50.000)."],
      ["Trastuzumab hält HER2 an Domäne IV und lässt den Arm frei; was gehalten wird, kann sich kaum paaren. Es bindet auch an normale Zellen.", "es hält neun von zehn, und diese paaren sich gar nicht."],
      ["Gehaltene Rezeptoren werden aufgenommen und abgebaut.", "höchstens 30 %; jeder Schritt bringt ein Viertel des Weges dorthin, oder zurück."],
      ["Das Signal lässt Zellen überleben und sich teilen.", "bei vollem Signal teilt sich je Schritt eine von zwanzig, bis zu 24 Zellen."],
      ["FcγRIIIa der NK-Zellen greift den Antikörper nah an seinem Gelenk, und die NK-Zelle tötet. Das ist eine von mehreren Wirkungen.", "je Schritt werden vier Zellen markiert; bei h gehaltenen HER2 werden 2 h² ÷ (h² + 400.000²) markierte zerlegt."],
      ["Manche Tumoren sprechen nicht an, oder nicht mehr, aus mehreren Gründen.", "zwei Zellen von zwölf, und ihre Töchter, haben nichts, was Trastuzumab halten könnte."],
    ],
  },
};

// What holds at once, for one cell: numbers of receptors, shares from 0 to 1. `taken` is the share
// of its receptors that it has taken in.
export function surface(copies, drug, taken = 0) {
  const receptors = copies * PER_COPY * (1 - taken);
  const held = drug ? HELD * receptors : 0;
  const free = receptors - held;
  const hetero = Math.min(free, (HER3 * free) / (free + HALF_HER3));
  const rest = free - hetero;
  const homo = rest ** 2 / (rest + HALF_HER2);
  const pairs = homo / 2 + 2 * hetero;
  return { receptors, inside: copies * PER_COPY * taken, held, hetero, homo, share: (hetero + homo) / receptors || 0, signal: pairs / (pairs + HALF_SIGNAL) };
}

// The same in whole receptors drawn, one for each 10,000: no kind is drawn that is not there.
export function drawn(copies, now) {
  const whole = (number) => Math.round(number / PER_COPY);
  const count = whole(now.receptors);
  const held = Math.min(count, whole(now.held));
  const hetero = Math.min(count - held, whole(now.hetero));
  const pairs = Math.min(Math.floor((count - held - hetero) / 2), Math.round(now.homo / PER_COPY / 2));
  return { count, inside: copies - count, held, hetero, pairs, free: count - held - hetero - 2 * pairs };
}

// What a step does to the cells; `cells` has a letter for each place: t tumor, m marked by the
// antibody, r resistant, x taken apart, o none.
export function step(state, copies, drug, nk) {
  const cells = state.cells.map((cell) => (cell === "x" ? "o" : cell));
  const places = (what) => cells.flatMap((cell, at) => (cell === what ? [at] : []));
  const taken = state.taken + ((drug ? MOST_TAKEN : 0) - state.taken) / 4;
  const now = surface(copies, drug, taken);
  const [from, to] = drug ? ["t", "m"] : ["m", "t"];
  for (const at of places(from).slice(0, 4)) cells[at] = to;
  let { grip, growth, growth_of_resistant, lost } = state;
  grip = nk && places("m").length ? grip + (2 * now.held ** 2) / (now.held ** 2 + HALF_GRIP ** 2) : 0;
  for (; grip >= 1 && places("m").length; grip -= 1, lost += 1) cells[places("m")[0]] = "x";
  growth += ((places("t").length + places("m").length) * now.signal) / 20;
  growth_of_resistant += (places("r").length * surface(copies, false).signal) / 20;
  for (; growth >= 1; growth -= 1) if (places("o").length) cells[places("o")[0]] = "t";
  for (; growth_of_resistant >= 1; growth_of_resistant -= 1) if (places("o").length) cells[places("o").at(-1)] = "r";
  return { cells, grip, growth, growth_of_resistant, lost, taken, steps: state.steps + 1 };
}

const fresh = () => ({ cells: [..."t".repeat(START) + "o".repeat(ROOM - START)], grip: 0, growth: 0, growth_of_resistant: 0, lost: 0, taken: 0, steps: 0 });

// Has some of the cells of the beginning resist, or none of all.
function with_resistance(state, on) {
  const at_first = state.steps === 0;
  const cells = state.cells.map((cell, at) => {
    if (!on && cell === "r") return "t";
    return on && at_first && cell === "t" && at % (START / RESISTANT) === 3 ? "r" : cell;
  });
  if (on && !cells.includes("r")) {
    const alive = cells.findIndex((cell) => "tm".includes(cell));
    if (alive >= 0) cells[alive] = "r";
  }
  return { ...state, cells };
}

// A state as a short text, as “60-drug-nk”, and once steps were made, all that they led to.
function written(copies, on, state) {
  const settings = [copies, ...on].join("-");
  if (!state.steps) return settings;
  const parts = [state.grip, state.growth, state.growth_of_resistant, state.taken].map((part) => Math.floor(part * 1e6));
  return [settings, state.steps, state.cells.join(""), state.lost, ...parts].join(".");
}

// What such a text says; what is not well formed in it is left out. A part after “~” names the
// controls that are shown, where not all are.
function read(text) {
  const [asked, only] = text.split("~");
  const [settings, ...parts] = asked.split(".");
  const [copies, ...on] = settings.split("-");
  const wanted = Number(copies) || 25;
  const nearest = COPIES.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
  const found = { copies: nearest, on: SWITCHES.filter((name) => on.includes(name)), state: with_resistance(fresh(), on.includes("resist")), only: only?.split(",") };
  const [steps, cells, lost, grip, growth, growth_of_resistant, taken] = parts;
  const numbers = [steps, lost, grip, growth, growth_of_resistant, taken];
  if (!/^[tmrxo]{24}$/.test(cells ?? "") || !numbers.every((each) => /^\d{1,6}$/.test(each ?? ""))) return found;
  const [s, l, ...rest] = numbers.map(Number);
  const [g, w, r, t] = rest.map((part) => part / 1e6);
  return { ...found, state: { cells: [...cells], steps: s, lost: l, grip: g, growth: w, growth_of_resistant: r, taken: Math.min(t, MOST_TAKEN) } };
}

export function mount(host, { language, still, speak, state: asked, keep }) {
  const words = TEXTS[language.split("-")[0]] ?? TEXTS.en;
  const plain = new Intl.NumberFormat(words === TEXTS.en ? "en" : language);
  // as the film writes them: in Spanish with a space between thousands
  const number = { format: (value) => plain.format(value).replaceAll(".", words === TEXTS.es ? "\u00a0" : ".") };
  const percent = (part) => `${number.format(Math.round(part * 100))} %`;
  const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const begun = read(asked);
  let { state } = begun;
  let playing = false;
  let due = 0;
  let frame = 0;
  let saying = 0;
  const shows = (name) => !begun.only || begun.only.includes(name);

  const picture = draw_cells(words, put, number);
  const close = draw_close(words);
  const slider = html("input", { type: "range", className: "range", min: 0, max: COPIES.length - 1, step: 1, value: COPIES.indexOf(begun.copies), id: "gene-copies" });
  const switches = Object.fromEntries(SWITCHES.map((name) => [name, html("input", { type: "checkbox", role: "switch", id: `use-${name}`, checked: begun.on.includes(name) })]));
  const { drug, nk, resist } = switches;
  // read where one looks for them, and said together when one has done something
  const reading = (name, ariaLabel, more = {}) => html("output", { name, ariaLabel, ariaLive: "off", ...more });
  const value = reading("copies", words.copies);
  value.htmlFor = "gene-copies";
  const told = ["receptors", "taken", "paired", "signal", ...(shows("time") ? ["cells", "tagged", "resisting", "lost"] : [])];
  const outs = Object.fromEntries(told.map((name) => [name, reading(name, words[name])]));
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
  const marks = MARKS.map((copies, at) => {
    const place = COPIES.indexOf(copies) / (COPIES.length - 1);
    const made = html("button", { type: "button" }, html("b", { textContent: copies }), html("span", { textContent: words.marks[at] }));
    made.style.setProperty("--at", place);
    made.addEventListener("click", () => { slider.value = COPIES.indexOf(copies); changed(); });
    return made;
  });
  const lab = html("div", { className: begun.only ? "lab part-of-it" : "lab" },
    html("div", { className: "lab-scene" }, picture.root, close.root),
    html("p", { className: "scale", textContent: shows("drug") || shows("nk") ? `${words.scale} ${words.drag}` : words.scale }),
    html("div", { className: "lab-side" },
      html("div", { className: "copies", hidden: !shows("copies") }, html("label", { htmlFor: "gene-copies", textContent: words.copies }), value, slider,
        html("div", { className: "marks" }, ...marks)),
      html("div", { className: "switches" }, ...SWITCHES.map((name) => html("label", { className: `switch ${name}`, hidden: !shows(name) }, switches[name], words[name]))),
      html("div", { className: "tiles" }, tile("receptors"), tile("taken"), tile("paired"), tile("signal", gauge))));
  if (shows("time")) {
    lab.append(html("div", { className: "lab-cells" }, bank, html("div", { className: "tiles" }, tile("cells"), tile("tagged"), tile("resisting"), tile("lost"))),
      html("div", { className: "lab-bar" }, ...buttons, count));
  }
  if (!begun.only && document.fullscreenEnabled) {
    const full = () => (document.fullscreenElement ? document.exitFullscreen() : lab.requestFullscreen());
    lab.lastChild.append(button(words.full, full, "full"));
  }
  host.append(lab);
  if (!begun.only) {
    const law = words.law.map(([known, invented]) => html("li", {}, `${known} `, html("em", {}, html("b", { textContent: `${words.invented} ` }), invented)));
    host.append(html("div", { className: "rules" }, html("h2", { textContent: words.rules }), html("ol", {}, ...law)));
  }
  for (const control of [slider, drug, nk]) control.addEventListener("input", changed);
  resist.addEventListener("input", () => { state = with_resistance(state, resist.checked); changed(); });
  if (shows("drug")) picture.drag("drug", (on) => flip(drug, on));
  if (shows("nk")) picture.drag("nk", (on) => flip(nk, on));
  show();
  for (const each of [picture, close]) each.settle();
  frame = requestAnimationFrame(tick);

  // The cell that is drawn large, and for which the numbers are: one that responds while there is one.
  function looked_at() {
    const has = (what) => state.cells.filter((cell) => cell === what).length;
    const alive = has("t") + has("m") + has("r");
    const resists = alive > 0 && alive === has("r");
    return { has, alive, resists, copies: alive ? COPIES[slider.value] : 0, drug: drug.checked && !resists };
  }

  function show() {
    const { has, alive, resists, copies, drug: held } = looked_at();
    const taken = resists ? 0 : state.taken;
    const now = surface(copies, held, taken);
    const parts = drawn(copies, now);
    const chosen = COPIES[slider.value];
    value.textContent = chosen;
    slider.setAttribute("aria-valuetext", chosen);
    slider.style.setProperty("--part", `${(slider.value / (COPIES.length - 1)) * 100}%`);
    marks.forEach((mark, at) => mark.setAttribute("aria-pressed", MARKS[at] === chosen));
    const texts = { receptors: number.format(Math.round(now.receptors / 1000) * 1000), taken: number.format(Math.round(now.inside / 1000) * 1000), paired: percent(now.share), signal: percent(now.signal) };
    Object.assign(texts, { cells: number.format(alive), tagged: number.format(has("m")), resisting: number.format(has("r")), lost: number.format(state.lost) });
    for (const name of told) outs[name].textContent = texts[name];
    gauge.firstChild.style.transform = `scaleX(${now.signal})`;
    count.textContent = put(words.steps, { n: state.steps });
    run.textContent = playing ? words.pause : words.play;
    spots.forEach((spot, at) => spot.setAttribute("class", `cell is-${state.cells[at]}`));
    const name = alive ? (resists ? words.resistant : copies === 2 ? words.usual : copies < 6 ? words.few : words.amplified) : words.none;
    const bare = drawn(2, surface(2, drug.checked));
    const grips = picture.arrange(parts, bare, { copies, name, drug: drug.checked, nk: nk.checked, signal: now.signal });
    close.arrange(parts, grips > 0);
    picture.root.setAttribute("aria-label", put(words.picture, { normal: bare.count, name, drawn: parts.count, inside: parts.inside }));
    close.root.setAttribute("aria-label", put(words.close, { ...parts, homo: 2 * parts.pairs, grip: grips ? words.gripped : "" }));
  }

  function flip(control, on) {
    if (control.checked === on) return;
    control.checked = on;
    changed();
  }

  function changed() {
    show();
    kept();
    summarize();
    if (still) for (const each of [picture, close]) each.settle();
  }

  function kept() {
    keep(written(COPIES[slider.value], SWITCHES.filter((name) => switches[name].checked), state));
  }

  // Has all that is read said once, a little after the last change; while it plays, nothing is.
  function summarize() {
    clearTimeout(saying);
    if (playing) return;
    const heard = Object.entries(outs).map(([name, out]) => `${words[name]}: ${out.textContent}.`);
    saying = setTimeout(() => speak(heard.join(" ")), 700);
  }

  function advance() {
    state = step(state, COPIES[slider.value], drug.checked, nk.checked);
    show();
    if (playing && !looked_at().alive) turn(false);
    kept();
    summarize();
    if (still) for (const each of [picture, close]) each.settle();
  }

  function reset() {
    turn(false);
    state = with_resistance(fresh(), resist.checked);
    changed();
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
    for (const each of [picture, close]) each.move();
    frame = requestAnimationFrame(tick);
  }

  return { leave: () => { cancelAnimationFrame(frame); clearTimeout(saying); } };
}

const RIM = { x: 356, y: 250, r: 110 };
const BARE = { x: 110, y: 290, r: 50 };
const KILLER = { angle: 40, away: 218, r: 62 };
const PARKED = { drug: { x: 70, y: 66 }, nk: { x: 500, y: 82 } };
const turned = (degrees, r, { x, y }) => [x + r * Math.sin((degrees * Math.PI) / 180), y - r * Math.cos((degrees * Math.PI) / 180)];

// The two cells: `arrange` says where things go, `move` brings them nearer, `settle` at once.
function draw_cells(words, put, number) {
  const root = svg("svg", { viewBox: "0 0 580 446", role: "img", class: "cells" });
  root.append(paints());
  const text = (x, y, kind = "place") => root.appendChild(svg("text", { x, y, class: kind }));
  const disc = ({ x, y, r }, kind) => {
    const nucleus = svg("circle", { cx: x, cy: y, r: r * 0.42, class: "nucleus" });
    const light = svg("circle", { cx: x, cy: y, r: r * 0.9, fill: "url(#lab-light)" });
    const made = svg("g", { class: kind }, svg("circle", { cx: x, cy: y, r, class: "body" }), light, nucleus);
    root.append(made);
    return { made, light };
  };
  const bare = disc(BARE, "disc");
  const tumor = disc(RIM, "disc");
  const insides = Array.from({ length: 30 }, (_, at) => {
    const [cx, cy] = turned(at * 137.5, RIM.r * (0.54 + 0.3 * ((at * 0.618) % 1)), RIM);
    return root.appendChild(svg("g", { class: "vesicle" }, svg("circle", { cx, cy, r: 6.5 }), svg("circle", { cx, cy, r: 3 })));
  });
  const few = Array.from({ length: 2 }, () => rim_actor(root, rim_receptor("her2"), BARE));
  const many = Array.from({ length: 100 }, () => rim_actor(root, rim_receptor("her2"), RIM));
  const partners = Array.from({ length: 2 }, () => rim_actor(root, rim_receptor("her3"), RIM));
  const claws = root.appendChild(svg("g", { class: "claws" }));
  const nk = root.appendChild(svg("g", { class: "token nk" }, svg("circle", { r: KILLER.r, class: "killer" }), svg("ellipse", { cx: 12, cy: -18, rx: 27, ry: 25, fill: "url(#lab-nucleus)" }), svg("text", { y: 38, class: "name" }, "NK")));
  const drug = root.appendChild(svg("g", { class: "token drug" }, svg("circle", { r: 50, class: "reach" }), antibody(44), svg("text", { y: 76, class: "place" }, words.antibody)));
  const labels = { bare: text(BARE.x, 392), bareCount: text(BARE.x, 418), tumor: text(RIM.x, 412), tumorCount: text(RIM.x, 438) };
  const stubs = root.insertBefore(svg("g", { class: "stubs" }), nk);
  const all = [...few, ...many, ...partners];
  let dragged = "";
  const tokens = { drug, nk };
  let homes = PARKED;

  function put_token(name, { x, y }) {
    tokens[name].setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  }

  function arrange(parts, normal, { copies, name, drug: with_drug, nk: with_nk, signal }) {
    spread(few, [], normal);
    const held = spread(many, copies ? partners : [], parts);
    if (!copies) for (const partner of partners) partner.hide();
    insides.forEach((each, at) => each.classList.toggle("there", at < parts.inside));
    tumor.made.setAttribute("class", copies ? "disc" : "disc empty");
    tumor.light.setAttribute("opacity", signal.toFixed(2));
    bare.light.setAttribute("opacity", surface(2, with_drug).signal.toFixed(2));
    labels.bare.textContent = words.normal;
    labels.bareCount.textContent = put(words.count, { n: 2, r: number.format(2 * PER_COPY) });
    labels.tumor.textContent = name;
    labels.tumorCount.textContent = copies ? put(words.count, { n: copies, r: number.format(copies * PER_COPY) }) : "";
    const [x, y] = turned(KILLER.angle, KILLER.away, RIM);
    const near = with_nk && copies > 0;
    homes = { drug: PARKED.drug, nk: near ? { x, y } : PARKED.nk };
    if (!dragged) for (const token of Object.keys(tokens)) put_token(token, homes[token]);
    drug.classList.toggle("used", with_drug);
    nk.classList.toggle("used", near);
    // it grips tails, where there are some, and nothing else
    const ends = near ? held.filter((angle) => Math.abs(angle - KILLER.angle) < 34).sort((a, b) => Math.abs(a - KILLER.angle) - Math.abs(b - KILLER.angle)).slice(0, 5) : [];
    claws.replaceChildren(...ends.map((angle) => claw(angle, x, y)));
    stubs.replaceChildren(...(near && !ends.length ? [-30, -10, 10, 30].map((turn) => stub(turn, x, y)) : []));
    return ends.length;
  }

  function drag(name, done) {
    const token = tokens[name];
    token.classList.add("loose");
    let from = null;
    const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());
    token.addEventListener("pointerdown", (event) => {
      from = at(event);
      dragged = name;
      token.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    token.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = at(event);
      put_token(name, { x: homes[name].x + to.x - from.x, y: homes[name].y + to.y - from.y });
    });
    const drop = (event) => {
      if (!from) return;
      const to = at(event);
      const far = Math.hypot(to.x - from.x, to.y - from.y) > 12;
      const on_cell = Math.hypot(to.x - RIM.x, to.y - RIM.y) < RIM.r + (name === "nk" ? 80 : 40);
      const was_on = token.classList.contains("used");
      from = null;
      dragged = "";
      put_token(name, homes[name]);
      // a press alone turns it over
      if (event.type === "pointerup") done(far ? on_cell : !was_on);
    };
    for (const end of ["pointerup", "pointercancel"]) token.addEventListener(end, drop);
  }

  return { root, arrange, drag, move: () => all.forEach((one) => one.move(0.14)), settle: () => all.forEach((one) => one.move(1)) };
}

// Spreads the receptors of a cell evenly round its rim, the kinds among each other, those of a pair
// side by side; gives the angles of those that are held, from -180 to 180 degrees.
function spread(receptors, partners, { free, pairs, hetero, held }) {
  const lone = Math.max(0, partners.length - hetero);
  const groups = [["free", free], ["pair", pairs], ["hetero", hetero], ["held", held], ["lone", lone]].flatMap(([kind, n]) => Array.from({ length: n }, (_, at) => [kind, (at + 0.5) / n]));
  groups.sort((a, b) => a[1] - b[1]);
  const width = { free: 1, held: 1, lone: 1, pair: 2, hetero: 2 };
  const total = groups.reduce((sum, [kind]) => sum + width[kind], 0) || 1;
  const slot = 360 / total;
  const close = Math.min(slot, 4.4) * 0.48;
  const pool = [...receptors];
  const others = [...partners];
  const angles = [];
  let at = 0;
  for (const [kind] of groups) {
    const middle = ((at + width[kind] / 2) * slot + 20) % 360;
    at += width[kind];
    if (kind === "pair") {
      pool.shift().aim(middle - close, "paired left", close);
      pool.shift().aim(middle + close, "paired");
    } else if (kind === "hetero") {
      pool.shift().aim(middle - close, "paired left", close);
      others.shift().aim(middle + close, "paired");
    } else if (kind === "lone") others.shift().aim(middle, "");
    else pool.shift().aim(middle, kind);
    if (kind === "held") angles.push(middle > 180 ? middle - 360 : middle);
  }
  for (const rest of [...pool, ...others]) rest.hide();
  return angles;
}

// A receptor on a cell's rim, which goes round to where it is sent and fades where it is not wanted.
function rim_actor(root, group, { x, y, r }) {
  const me = { angle: 0, at: null, shown: false, seen: 0 };
  root.append(group);
  me.aim = (angle, kind, reach = 0) => {
    Object.assign(me, { angle, shown: true });
    me.at ??= angle;
    group.setAttribute("class", `rim ${group.dataset.kind} ${kind}`);
    if (reach) group.style.setProperty("--reach", reach);
    group.lastChild.setAttribute("d", reach ? `M0-14h${((2 * reach * Math.PI) / 180 * (r + 14)).toFixed(1)}` : "");
  };
  me.hide = () => {
    me.shown = false;
    group.setAttribute("class", `rim ${group.dataset.kind}`);
  };
  me.move = (part) => {
    const wanted = me.shown ? 1 : 0;
    const turn = ((me.angle - (me.at ?? 0) + 540) % 360) - 180;
    const rests = Math.abs(turn) < 0.02 && Math.abs(wanted - me.seen) < 0.01;
    if (rests && me.done) return;
    me.at = rests ? me.angle : (me.at ?? 0) + turn * part;
    me.seen = rests ? wanted : me.seen + (wanted - me.seen) * part;
    me.done = rests;
    group.setAttribute("transform", `translate(${x} ${y}) rotate(${me.at.toFixed(2)}) translate(0 ${-r})`);
    group.setAttribute("opacity", me.seen.toFixed(2));
  };
  return me;
}

function rim_receptor(kind) {
  return svg("g", { "data-kind": kind, opacity: 0 },
    svg("path", { d: "M0 9V-14", class: "stem" }), svg("circle", { cy: 9, r: 2.7, class: "kinase" }), svg("circle", { cy: -14, r: 3.5, class: "head" }),
    svg("path", { d: "M.6-4l3.2-9v-13M3.8-13l2.6 6", class: "flag" }), svg("path", { class: "clasp" }));
}

// A receptor of the killer cell, which holds a tail close to its hinge: both lie beyond the heads.
function claw(angle, x, y) {
  const [tx, ty] = turned(angle + 1.8, RIM.r + 22, RIM);
  const far = Math.hypot(tx - x, ty - y);
  const [fx, fy] = [x + ((tx - x) / far) * KILLER.r, y + ((ty - y) / far) * KILLER.r];
  return svg("g", { class: "claw" }, svg("path", { d: `M${fx.toFixed(1)} ${fy.toFixed(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}` }), svg("circle", { cx: tx, cy: ty, r: 4 }));
}

function stub(turn, x, y) {
  const angle = KILLER.angle + 180 + turn;
  const [ax, ay] = turned(angle, KILLER.r, { x, y });
  const [bx, by] = turned(angle, KILLER.r + 12, { x, y });
  return svg("path", { d: `M${ax.toFixed(1)} ${ay.toFixed(1)}L${bx.toFixed(1)} ${by.toFixed(1)}` });
}

const UNIT = 34; // pixels for one unit of the film's receptors
const LEVEL = 246; // where the membrane's middle is
const STALLS = [78, 216, 348, 482];

// One of each kind close up, with how many are drawn on the rim; those that are not there are dim.
function draw_close(words) {
  const root = svg("svg", { viewBox: "0 0 580 446", role: "img", class: "close" });
  root.append(svg("rect", { y: LEVEL, width: 580, height: 210, fill: "url(#lab-cytoplasm)" }), svg("rect", { y: LEVEL - 24, width: 580, height: 48, fill: "url(#lab-bilayer)" }));
  const at = (x, y, group, kind = "") => svg("g", { transform: `translate(${x} ${y})`, class: kind }, group);
  const label = (x, y, text, kind = "part") => svg("text", { x, y, class: kind }, text);
  const pair = (x, ...two) => [at(x - 0.56 * UNIT, LEVEL, two[0]), at(x + 0.56 * UNIT, LEVEL, two[1])];
  const killer = svg("g", { class: "grip" }, svg("circle", { cx: 545, cy: -32, r: 96, class: "killer" }), label(532, 26, "NK", "name"),
    svg("path", { d: "M520 60V112m-9 16q0-15 9-16q9 1 9 16" }), label(448, 86, "FcγRIIIa"));
  const stalls = [
    [receptor_at(STALLS[0]), label(STALLS[0] + 10, 128, words.arm)],
    [...pair(STALLS[1], receptor(1), receptor(-1)), label(STALLS[1], 388, words.kinase)],
    [...pair(STALLS[2], receptor(1), receptor(-1, "her3")), label(STALLS[2] - 8, 128, "HER3")],
    [killer, at(STALLS[3], LEVEL, receptor(-1)), at(STALLS[3] + UNIT, LEVEL - 1.55 * UNIT, antibody(UNIT * 0.97)),
      svg("path", { d: `M${STALLS[3] + 6} ${LEVEL - 26}L${STALLS[3] + 36} ${LEVEL + 30}`, class: "lead" }),
      label(572, LEVEL + 50, words.domain, "part last"), label(STALLS[3] - 36, 128, words.antibody)],
  ].map((parts) => root.appendChild(svg("g", { class: "stall" }, ...parts)));
  const counts = STALLS.map((x, at) => {
    root.append(label(x, 414, words.kinds[at], "place"));
    return root.appendChild(label(x, 439, "", "place many"));
  });
  stalls[1].classList.add("paired");
  stalls[2].classList.add("paired");

  function receptor_at(x) {
    return at(x, LEVEL, receptor(1));
  }

  function arrange({ free, pairs, hetero, held }, grips) {
    [free, pairs, hetero, held].forEach((n, kind) => {
      stalls[kind].classList.toggle("absent", !n);
      counts[kind].textContent = kind % 3 ? `2 × ${n}` : `× ${n}`;
      if (kind === 2) counts[kind].textContent = `× ${n}`;
    });
    killer.classList.toggle("there", grips);
  }

  return { root, arrange, move() {}, settle() {} };
}

function receptor(facing, kind = "her2") {
  const [dark, mid, light] = kind === "her3" ? ["#a8761f", "#e8a33a", "#f4b95a"] : ["#e0487a", "#f4638d", "#ff6f97"];
  const own = svg("g", { transform: `scale(${facing * UNIT} ${-UNIT})`, class: kind });
  const rod = (x1, y1, x2, y2, width, paint) =>
    svg("line", { x1, y1, x2, y2, "stroke-width": width, stroke: paint, "stroke-linecap": "round" });
  const ball = (cx, cy, rx, ry, paint) => svg("ellipse", { cx, cy, rx, ry, fill: `url(#lab-${paint})` });
  // the kinase of HER3 stays dark; its tail still takes phosphates
  const lit = kind === "her3" ? "rest" : "lit";
  own.append(
    svg("path", { d: "M.1-1.5C.3-1.8-.1-1.9.1-2.1.2-2.2.05-2.25.06-2.28", class: "tail" }),
    rod(0, 0.5, 0, -0.85, 0.15, dark),
    svg("circle", { cx: 0.03, cy: -1.18, r: 0.85, class: "halo", fill: "url(#lab-halo)" }),
    svg("g", { class: "kinase" }, ball(-0.02, -0.98, 0.27, 0.2, "rest"), ball(0.05, -1.33, 0.36, 0.27, "rest")),
    svg("g", { class: "kinase on" }, ball(-0.02, -0.98, 0.27, 0.2, lit), ball(0.05, -1.33, 0.36, 0.27, lit),
      ...[[0.34, -1.68], [-0.12, -1.86], [0.24, -2.12]].map(([cx, cy]) => svg("circle", { cx, cy, r: 0.17, fill: "#FFE08A" }))),
    ball(-0.3, 1.4, 0.44, 0.37, kind),
    svg("path", { class: "arm", fill: `url(#lab-${kind})`, d: "M.02 1.95C.3 2.02.6 2 .74 1.84.86 1.7.82 1.52.7 1.6.56 1.76.3 1.76.02 1.64z" }),
    rod(0, 1.55, 0.12, 2.1, 0.4, mid), ball(-0.13, 2.39, 0.46, 0.37, kind), rod(0, 0.62, -0.06, 1.0, 0.35, light));
  return svg("g", {}, own);
}

function antibody(unit) {
  const own = svg("g", { transform: `scale(${unit} ${-unit})`, class: "antibody" });
  const rods = (ends, width, colour) =>
    ends.map(([x1, y1, x2, y2]) => svg("line", { x1, y1, x2, y2, "stroke-width": width, stroke: colour, "stroke-linecap": "round" }));
  const both = (x1, y1, x2, y2) => [[x1, y1, x2, y2], [-x1, y1, -x2, y2]];
  own.append(
    ...rods(both(0.1, 0.05, 0.24, -0.2), 0.1, "#2ab5a9"),
    ...rods([...both(0.145, 0.32, 0.15, 0.62), ...both(0.15, 0.84, 0.155, 1.1)], 0.27, "#159C93"),
    ...rods([...both(0.14, 0.4, 0.14, 0.6), ...both(0.14, 0.9, 0.145, 1.06)], 0.1, "#35DCCB"),
    ...rods([...both(0.36, -0.12, 0.56, -0.29), ...both(0.72, -0.43, 0.92, -0.6)], 0.25, "#B4F7EF"),
    ...rods([...both(0.2, -0.3, 0.42, -0.5), ...both(0.56, -0.62, 0.8, -0.8)], 0.28, "#35DCCB"),
    svg("line", { x1: -0.1, y1: 0.08, x2: 0.1, y2: 0.08, stroke: "#FFE9A8", "stroke-width": 0.07 }));
  return own;
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
    ball("her2", "#FFB9CD", "#FF5C8A 55%", "#C2336A"), ball("her3", "#FFE0A6", "#F2A93B 55%", "#A86C12"), ball("rest", "#B3A8CC", "#7D719E 55%", "#463E6B"),
    ball("lit", "#FFF4CF", "#FFD166 55%", "#DB8B22"), ball("nk", "#7a62e0", "#4A35A8 60%", "#2c1f74"),
    ball("nucleus", "#CDBEFF", "#8c74e8 60%", "#5a43bd"),
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
