// The map: all pictures by what they look like. Chosen with a lasso or the keyboard, labelled or set aside together.

const CHOSEN_SHOWN = 24; // chosen pictures that are drawn beside the map
const GROWTH = 5; // points that key G takes along
const MOST_GROUPS = 300; // rows of the list
const UNKNOWN = "nothing suggested";
const SHOWN = [
  ["all", "All", () => true],
  ["labelled", "Labelled", (point) => point.state === "labelled"],
  ["waiting", "Waiting for a label", (point) => point.state !== "labelled"],
  ["doubtful", "Suspicious", (point) => Boolean(point.doubt)],
];
const FIFTHS = ["most unlike others", "rather unlike", "between", "rather alike", "most alike others"];
/** What colours mean: title, and the group of a point with its place among the groups (null: by alphabet). */
const COLOURINGS = {
  name: ["Name", (point) => [point.name || UNKNOWN, null]],
  modifier: ["Modifier", (point, board) => [point.modifier || "no modifier", board.data.modifiers.indexOf(point.modifier)]],
  state: [
    "Labelled or not",
    (point) => (point.state === "labelled" ? ["labelled", 0] : point.state === "suggested" ? ["suggested", 1] : [UNKNOWN, 2]),
  ],
  unique: ["Uniqueness", (point) => [FIFTHS[point.fifth], point.fifth]],
};
const MODIFIER_COLOURS = ["#d8ba62", "#3f8fd6", "#e0559a", "#2fa863", "#4a4f8f"];
const STATE_COLOURS = ["#2b7de0", "#e08b1a", "#8a8f98"];
const UNIQUE_COLOURS = ["#b5179e", "#e4572e", "#e9a51f", "#4caf7a", "#3a6ea5"];

const MAP_HELP = [
  [
    "Choose",
    [
      ["drag", "around points with the lasso, or a rectangle"],
      ["Shift+drag", "add; with Alt take away"],
      ["click", "one point; Shift+click several"],
      ["arrows", "from point to point; Space chooses"],
      ["G", "take the nearest along, once more further ones; Shift+G fewer"],
      ["A", "all that is shown; once more none"],
      ["Esc", "none"],
    ],
  ],
  [
    "The chosen ones",
    [
      ["T", "type a name; Enter takes it"],
      ["1 to 9", "modifier, in the order of the buttons"],
      ["Enter", "label them; what is left open is as suggested"],
      ["L", "not a card"],
      ["X", "leave out of the dataset"],
      ["Delete", "take the labels away"],
    ],
  ],
  [
    "Map",
    [
      ["wheel or +", "nearer; - further away, 0 the whole map"],
      ["R O H", "lasso, rectangle, hand that moves the map"],
      ["C", "another meaning of the colours"],
    ],
  ],
  [
    "All",
    [
      ["U or Ctrl+Z", "undo"],
      ["Shift+U or Ctrl+Y", "do it again"],
      ["/", "search the list"],
      ["?", "this help"],
    ],
  ],
];
const TOOLS = [
  ["lasso", "Lasso", "r"],
  ["box", "Rectangle", "o"],
  ["hand", "Move", "h"],
];

class MapBoard {
  constructor(root, data) {
    this.root = root;
    this.outbox = outboxOf(data);
    this.failed = new Set(); // numbers of failures that were shown
    this.overlay = new Map(); // picture -> {seq, change}: what was done here and is not confirmed yet
    this.chosen = new Set(); // keys of pictures
    this.colouring = "name";
    this.shown = "all";
    this.filter = "";
    this.name = "";
    this.modifier = "";
    this.looked = "";
    this.grown = 0;
    this.failure = "";
    this.message = "";
    this.conflict = null;
    this.view = new MapView({
      choose: (numbers, how) => this.choose(numbers.map((number) => this.points[number].key), how),
      look: (number) => this.look(number),
    });
  }

  close() {
    this.view.close();
  }

  take(data) {
    this.data = data;
    this.outbox.handled(data.handled);
    for (const failure of data.failures) {
      if (!this.failed.has(failure.seq)) VerifyBoard.prototype.fail.call(this, failure);
      this.failed.add(failure.seq);
    }
    for (const [key, { seq }] of this.overlay) if (seq <= data.handled) this.overlay.delete(key);
    this.hand.whenFree(() => this.draw());
  }

  // ---- points

  /** What the view shows: the points of Python, with what was done here since. */
  makePoints() {
    const { keys, places, states, titles, editions, unique, doubts, crops } = this.data.map;
    const address = (key, height) => `${crops.route}/${key.split("/").map(encodeURIComponent).join("/")}?h=${height}`;
    const order = unique.map((value, number) => [value, number]).sort((one, two) => two[0] - one[0]);
    const fifths = new Array(unique.length);
    order.forEach(([, number], rank) => (fifths[number] = Math.floor((5 * rank) / order.length)));
    this.points = places.map(([x, y], number) => ({
      key: keys[number],
      x,
      y,
      state: states[number],
      name: titles[number],
      modifier: editions[number],
      unique: unique[number],
      fifth: fifths[number],
      doubt: doubts[number] ?? "",
      url: address(keys[number], crops.small),
      large: address(keys[number], crops.large),
      ...this.overlay.get(keys[number])?.change,
    }));
    const isShown = SHOWN.find(([what]) => what === this.shown)[2];
    for (const point of this.points) point.shown = !point.gone && isShown(point);
    const here = new Set(this.points.filter((point) => point.shown).map((point) => point.key));
    this.chosen = new Set([...this.chosen].filter((key) => here.has(key)));
  }

  /** The groups of a colour: [{title, colour, keys}]. */
  makeGroups() {
    const group = COLOURINGS[this.colouring][1];
    const groups = new Map();
    for (const point of this.points) {
      if (!point.shown) continue;
      const [title, place] = group(point, this);
      if (!groups.has(title)) groups.set(title, { title, place, keys: [], points: [] });
      groups.get(title).keys.push(point.key);
      groups.get(title).points.push(point);
    }
    const order = (one, two) => (one.place === null ? one.title.localeCompare(two.title) : one.place - two.place);
    this.groups = [...groups.values()].sort((one, two) => (one.title === UNKNOWN) - (two.title === UNKNOWN) || order(one, two));
    this.groups.forEach((entry, number) => {
      entry.colour = this.colourOf(entry, number);
      for (const point of entry.points) point.colour = entry.colour;
    });
  }

  /** Names go round the colours by the golden angle, so that neighbours of the alphabet differ. */
  colourOf({ title, place }, number) {
    const own = { modifier: MODIFIER_COLOURS, state: STATE_COLOURS, unique: UNIQUE_COLOURS }[this.colouring];
    if (title === UNKNOWN || place === -1) return "#8a8f98";
    if (own) return own[place % own.length];
    return `hsl(${Math.round(number * 137.5) % 360} ${[72, 55, 85][number % 3]}% ${[46, 60, 36][number % 3]}%)`;
  }

  showPoints() {
    this.makePoints();
    this.makeGroups();
    this.view.focused = this.points.findIndex((point) => point.key === this.looked);
    this.view.points = this.points.map((point) => ({
      x: point.x,
      y: point.y,
      colour: point.colour,
      hollow: point.state !== "labelled",
      ringed: Boolean(point.doubt),
      shown: point.shown,
      url: point.url,
    }));
    this.view.chosen = new Set(this.points.flatMap((point, number) => (this.chosen.has(point.key) ? [number] : [])));
  }

  // ---- choosing

  choose(keys, how = "only") {
    if (how === "only") this.chosen = new Set(keys);
    else for (const key of keys) how === "add" ? this.chosen.add(key) : this.chosen.delete(key);
    this.grown = 0;
    this.message = "";
    this.draw();
  }

  chooseAll() {
    const all = this.points.filter((point) => point.shown).map((point) => point.key);
    this.choose(this.chosen.size === all.length ? [] : all);
  }

  /** Choose the points around the one that is looked at: a lasso for the keyboard. */
  grow(by) {
    const from = this.view.focused;
    if (from < 0) return this.say("Go to a point first, with the arrows.");
    const grown = Math.max(0, (this.grown || 1) + by);
    this.choose(this.view.around(from).slice(0, grown).map((number) => this.points[number].key));
    this.grown = grown;
  }

  look(number) {
    this.looked = this.points[number]?.key ?? "";
    this.root.querySelector(".large")?.replaceWith(this.large());
  }

  arrow(letter) {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[letter];
    const from = this.view.focused;
    if (from < 0 || !this.points[from].shown) return this.view.focus(this.points.findIndex((point) => point.shown));
    const [x, y] = this.view.at(this.points[from]);
    const far = (number) => {
      const [px, py] = this.view.at(this.points[number]);
      const along = (px - x) * dx + (py - y) * dy;
      return along > 2 ? along + 3 * Math.abs(dx ? py - y : px - x) : Infinity;
    };
    const next = this.view.around(from).map((number) => [far(number), number]).sort((one, two) => one[0] - two[0])[0];
    if (!next || next[0] === Infinity) return;
    this.view.focus(next[1]);
    this.view.show(next[1]);
  }

  // ---- what is done to the chosen ones

  act(kind, more, change) {
    const keys = [...this.chosen];
    if (!keys.length) return this.say("Choose pictures first: draw around them, or press A for all.");
    const seq = this.outbox.add(kind, { revision: this.data.revision, pictures: keys, ...more });
    for (const point of this.points.filter((one) => this.chosen.has(one.key))) this.overlay.set(point.key, { seq, change: change(point) });
    this.failure = this.message = "";
    this.chosen.clear();
    this.draw();
  }

  label() {
    const typed = this.name.trim();
    const known = this.data.names.find((one) => sameName(one.name, typed));
    const isNew = Boolean(typed) && !known;
    if (isNew && this.data.ofCatalogue && this.warned !== typed && this.chosen.size) {
      this.warned = typed;
      const nearest = complete(typed, this.data.names, 3).map((one) => one.name);
      return this.say(`“${typed}” is no card of Balatro.${nearest.length ? ` Nearest: ${nearest.join(", ")}.` : ""} Once more takes it as new.`);
    }
    const [name, modifier] = [known?.name ?? typed, this.modifier];
    const labelled = (point) => ({ state: "labelled", name: name || point.name, modifier: modifier || point.modifier, doubt: "" });
    const some = this.chosen.size;
    this.act("label", { name, modifier, isNew }, labelled);
    if (some) this.name = this.modifier = this.warned = "";
    this.draw();
  }

  unlabel() {
    this.act("remove", {}, () => ({ state: "suggested", doubt: "" }));
  }

  putAside(kind) {
    this.act(kind, {}, () => ({ gone: true }));
  }

  chooseModifier(modifier) {
    this.modifier = this.modifier === modifier ? "" : modifier;
    this.draw();
  }

  decide(mine) {
    VerifyBoard.prototype.decide.call(this, mine);
  }

  say(text) {
    this.message = text;
    this.draw();
  }

  // ---- keys

  key(event) {
    if (this.root.querySelector("dialog[open]") || isTyping(event)) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (undoKey(event, letter, (action) => this.outbox.add(action))) return;
    if (event.altKey || ((event.key === "Enter" || event.key === " ") && isButton(event))) return;
    const action = letter.startsWith("Arrow") ? () => this.arrow(letter) : this.keys(letter, event);
    if (!action) return;
    used(event);
    action();
  }

  keys(letter, event) {
    if (/^[1-9]$/.test(letter)) {
      const modifier = this.data.modifiers[Number(letter) - 1];
      return modifier && (() => this.chooseModifier(modifier));
    }
    const tool = TOOLS.find(([, , key]) => key === letter);
    if (tool) return () => this.takeUp(tool[0]);
    return {
      Enter: () => this.label(),
      " ": () => this.spot(),
      a: () => this.chooseAll(),
      g: () => this.grow(event.shiftKey ? -GROWTH : GROWTH),
      t: () => this.root.querySelector('[data-focus="name"]')?.focus(),
      l: () => this.putAside("reject"),
      x: () => this.putAside("exclude"),
      Delete: () => this.unlabel(),
      Backspace: () => this.unlabel(),
      c: () => this.recolour(),
      u: () => this.outbox.add(event.shiftKey ? "redo" : "undo"),
      "+": () => this.view.zoomBy(1.5),
      "-": () => this.view.zoomBy(1 / 1.5),
      0: () => this.view.whole(),
      "/": () => this.root.querySelector('[data-focus="search"]')?.focus(),
      "?": () => helpDialog(this.root, MAP_HELP),
      Escape: () => {
        this.root.activeElement?.blur();
        this.choose([]);
      },
    }[letter];
  }

  /** Choose the point that is looked at, or take it out. */
  spot() {
    const key = this.points[this.view.focused]?.key;
    if (key) this.choose([key], this.chosen.has(key) ? "less" : "add");
  }

  takeUp(tool) {
    this.view.tool = tool;
    this.draw();
  }

  recolour() {
    const all = Object.keys(COLOURINGS);
    this.colouring = all[(all.indexOf(this.colouring) + 1) % all.length];
    this.draw();
  }
}
