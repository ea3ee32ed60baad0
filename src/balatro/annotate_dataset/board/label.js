// The labelling board: one group of pictures at a time, sorted into three zones, named, and accepted.
// What is on the screen follows keys and drags at once; Python hears of what was accepted, and answers when it is on disk.

const ZONES = [
  ["keep", "This card", "Sorted out of it: drag here, or press K", "k"],
  ["other", "Another card", "They come back as a group of their own", "o"],
  ["reject", "Not a card", "Half cards, signs, empty places", "j"],
  ["rest", "More of this cluster", "Looks alike; click what shows this card too", "l"],
];
const ENTER_ACCEPTS = ".thumb, .candidate, .modifier"; // with the focus on these Enter accepts the group; Space presses them
const AHEAD = 6; // groups whose pictures are fetched in advance

const LABEL_HELP = [
  [
    "Groups",
    [
      ["Enter", "accept: name, modifier and zones are right"],
      ["→ or N", "next group, leave this one for later"],
      ["← or B", "back"],
      ["U or Ctrl+Z", "undo, also after a restart"],
      ["Shift+U or Ctrl+Y", "do it again"],
    ],
  ],
  [
    "This card",
    [
      ["1 to 9", "modifier, in the order of the buttons"],
      ["A S D", "first, second, third candidate"],
      ["T", "type the name; ↑ ↓ choose, Enter takes it"],
    ],
  ],
  [
    "Single pictures",
    [
      ["click or X", "leave out of the dataset, or take it in again"],
      ["K O J L", "to: this card, another card, not a card, rest of the cluster"],
      ["Shift+click", "mark several; K, O, J, L and X then mean these"],
      ["Tab or arrows", "go through the pictures; Space presses what has the focus"],
    ],
  ],
  [
    "All",
    [
      ["/", "search"],
      ["P", "accept all above a confidence, with a preview"],
      ["?", "this help"],
      ["Esc", "leave a field, unmark pictures"],
    ],
  ],
];

class LabelBoard {
  constructor(root, data) {
    this.root = root;
    this.outbox = outboxOf(data);
    this.failed = new Set(); // numbers of failures that were shown
    this.hidden = new Map(); // picture -> number of the action that decided it
    this.front = []; // groups that come before Python's: undone ones, and what was sorted out as another card
    this.drafts = new Map();
    this.past = []; // accepted here, newest last: {group, draft, seq}
    this.undone = []; // what undo took back, for redo
    this.visited = []; // for back
    this.later = new Set(); // left for later
    this.cursor = null;
    this.marked = new Set();
    this.looked = null; // the picture shown large
    this.failure = "";
    this.conflict = null;
    this.searching = data.view.search;
    this.dialog = null;
    this.pressed = 0;
  }

  // ---- what comes from Python

  take(data) {
    this.data = data;
    this.outbox.handled(data.handled);
    for (const failure of data.failures) {
      if (!this.failed.has(failure.seq)) this.fail(failure);
      this.failed.add(failure.seq);
    }
    this.settle(data);
    this.showPreview(data.preview);
    if (this.isTypingName()) this.root.querySelector(".status").replaceWith(statusLine(this.outbox, this.failure));
    else this.hand.whenFree(() => this.draw());
  }

  /** Nothing is drawn anew under the hands of somebody who is typing. */
  isTypingName() {
    const mark = this.root.activeElement?.dataset?.focus;
    return ["name", "type", "rarity", "search"].includes(mark) && this.cursor !== null && this.queue().some((one) => one.key === this.cursor);
  }

  /** Forget what was hidden and put in front once Python's own list tells the same. */
  settle(data) {
    for (const [picture, seq] of this.hidden) if (seq <= data.handled) this.hidden.delete(picture);
    const known = new Map(data.groups.flatMap((group) => group.pictures.map((picture) => [picture.key, group])));
    this.front = this.front.filter((group) => {
      if (group.seq > data.handled || group.key === this.cursor) return true;
      const theirs = known.get(group.pictures[0].key);
      if (theirs && this.cursor === group.key) this.cursor = theirs.key;
      return false;
    });
    this.keepBegun(data);
    const current = this.front.find((group) => group.key === this.cursor);
    if (current && current.seq <= data.handled) this.refresh(current, known);
  }

  /** Somebody else has decided the group that is being worked on: it stays until its own decision meets theirs. */
  keepBegun(data) {
    const draft = this.drafts.get(this.cursor);
    const begun = draft && (draft.touched.size || draft.zones.size || draft.out.size);
    const gone = begun && ![...this.front, ...data.groups].some((group) => group.key === this.cursor);
    if (!gone || !this.shown || this.shown.pictures.some((picture) => this.hidden.has(picture.key))) return;
    this.front.unshift({ ...this.shown, seq: 0 });
    this.message = "Somebody else has labelled this meanwhile. Accepting shows both versions.";
  }

  /** Take over what Python suggests for a group in front that nobody has touched. */
  refresh(group, known) {
    const theirs = known.get(group.pictures[0].key);
    if (!theirs || this.draft(group).touched.size) return;
    group.prefill = theirs.prefill;
    group.candidates = theirs.candidates;
    this.drafts.delete(group.key);
  }

  fail(failure) {
    const place = this.past.findIndex((entry) => entry.seq === failure.seq);
    for (const [picture, seq] of this.hidden) if (seq === failure.seq) this.hidden.delete(picture);
    if (failure.conflict) this.conflict = { ...failure.conflict, seq: failure.seq };
    else this.failure = failure.text;
    if (place < 0) return;
    const [entry] = this.past.splice(place, 1);
    this.front = this.front.filter((group) => group.seq !== failure.seq);
    this.reopen(entry.group, entry.draft, failure.seq);
  }

  reopen(group, draft, seq) {
    const again = { ...group, key: `again:${group.key}`.replace(/^(again:)+/, "again:"), seq };
    this.front = [again, ...this.front.filter((other) => other.key !== again.key)];
    this.drafts.set(again.key, draft);
    this.cursor = again.key;
    for (const picture of group.pictures) this.hidden.delete(picture.key);
  }

  // ---- which group

  queue() {
    const first = new Set(this.front.flatMap((group) => group.pictures.map((picture) => picture.key)));
    const open = (group, mine) =>
      group.pictures.filter((picture) => !this.hidden.has(picture.key) && (mine || !first.has(picture.key)));
    const front = this.front.map((group) => ({ group, pictures: open(group, true) }));
    const rest = this.data.groups.map((group) => ({ group, pictures: open(group, false) }));
    const found = [...front, ...rest]
      .filter(({ pictures }) => pictures.length)
      .map(({ group, pictures }) => (pictures.length === group.pictures.length ? group : { ...group, pictures }));
    return [...found.filter((group) => !this.later.has(group.key)), ...found.filter((group) => this.later.has(group.key))];
  }

  current(queue = this.queue()) {
    let group = queue.find((one) => one.key === this.cursor);
    if (!group) {
      group = queue[0] ?? null;
      this.go(group);
    }
    return group;
  }

  go(group) {
    this.cursor = group ? group.key : null;
    this.marked.clear();
    this.looked = null;
    this.warned = "";
  }

  step(forward) {
    const queue = this.queue();
    const group = this.current(queue);
    if (!group) return;
    if (forward) {
      this.visited.push(group.key);
      this.later.add(group.key);
      this.go(queue[(queue.indexOf(group) + 1) % queue.length]);
    } else {
      let key = this.visited.pop();
      while (key && !queue.some((one) => one.key === key)) key = this.visited.pop();
      if (!key) return this.say("This is the first group; U takes back what was accepted.");
      this.later.delete(key);
      this.go(queue.find((one) => one.key === key));
    }
    this.draw();
  }

  // ---- what is thought of it

  draft(group) {
    let draft = this.drafts.get(group.key);
    if (!draft) {
      const { prefill } = group;
      draft = {
        name: prefill.prefilled ? prefill.name : "",
        type: prefill.prefilled ? prefill.type : "",
        rarity: prefill.prefilled ? prefill.rarity : "",
        modifier: prefill.modifier || "",
        zones: new Map(),
        out: new Set(),
        touched: new Set(), // name, modifier: what a person chose; the rest is prefilled
        isNew: false,
        revision: this.data.revision, // what the dataset was like when this was begun; who changes it meanwhile is not overwritten
      };
      this.drafts.set(group.key, draft);
    } else if (!draft.touched.size && !draft.zones.size && !draft.out.size && this.isStale(group, draft)) {
      this.drafts.delete(group.key);
      return this.draft(group);
    }
    return draft;
  }

  /** Whether Python suggests something else by now for a group that nobody has touched. */
  isStale(group, draft) {
    const { prefill } = group;
    const wanted = prefill.prefilled ? prefill.name : "";
    return draft.name !== wanted || draft.modifier !== (prefill.modifier || "");
  }

  zoneOf(group, draft, key) {
    return draft.zones.get(key) ?? (group.rest.some((picture) => picture.key === key) ? "rest" : "keep");
  }

  sorted(group, draft) {
    const zones = { keep: [], other: [], reject: [], rest: [] };
    for (const picture of [...group.pictures, ...group.rest]) {
      if (!this.hidden.has(picture.key)) zones[this.zoneOf(group, draft, picture.key)].push(picture);
    }
    return zones;
  }

  choose(entry) {
    const draft = this.draft(this.current());
    Object.assign(draft, { name: entry.name, type: entry.type, rarity: entry.rarity, isNew: false });
    draft.touched.add("name");
    this.warned = "";
    this.draw();
  }

  chooseModifier(modifier) {
    const group = this.current();
    if (!group) return;
    const draft = this.draft(group);
    draft.modifier = draft.modifier === modifier && !this.data.ofCatalogue ? "" : modifier;
    draft.touched.add("modifier");
    this.draw();
  }

  typed(text) {
    const draft = this.draft(this.current());
    draft.name = text;
    draft.isNew = false;
    draft.touched.add("name");
    const known = this.data.names.find((entry) => sameName(entry.name, text));
    if (known) Object.assign(draft, { type: known.type, rarity: known.rarity });
    this.warned = "";
  }

  /** Move the pictures that are meant: the marked ones, else the one in focus, else all that are this card. */
  move(zone, keys = this.meant()) {
    const group = this.current();
    if (!group) return;
    const draft = this.draft(group);
    const all = keys.length ? keys : zone === "rest" ? [] : group.pictures.map((picture) => picture.key);
    const isRest = new Set(group.rest.map((picture) => picture.key));
    for (const key of all) draft.zones.set(key, zone === "rest" && !isRest.has(key) ? "keep" : zone);
    this.marked.clear();
    this.draw();
  }

  toggle(keys) {
    const group = this.current();
    const draft = this.draft(group);
    for (const key of keys) {
      if (this.zoneOf(group, draft, key) === "rest") draft.zones.set(key, "keep");
      else if (group.rest.some((picture) => picture.key === key)) draft.zones.set(key, "rest");
      else if (this.zoneOf(group, draft, key) !== "keep") draft.zones.set(key, "keep");
      else if (!draft.out.delete(key)) draft.out.add(key);
    }
    this.draw();
  }

  meant() {
    if (this.marked.size) return [...this.marked];
    const focused = this.root.activeElement?.closest?.(".thumb");
    return focused ? [focused.dataset.key] : [];
  }

  // ---- accepting

  accept() {
    const group = this.current();
    if (!group) return;
    this.pressed = performance.now();
    const draft = this.draft(group);
    const zones = this.sorted(group, draft);
    const keep = zones.keep.filter((picture) => !draft.out.has(picture.key));
    if (keep.length && !this.isComplete(draft)) return;
    const keys = (pictures) => pictures.map((picture) => picture.key);
    const seq = this.outbox.add("accept", {
      revision: draft.revision,
      name: draft.name.trim(),
      type: draft.type,
      rarity: draft.rarity,
      modifier: draft.modifier,
      isNew: draft.isNew,
      keep: keys(keep),
      exclude: keys(zones.keep.filter((picture) => draft.out.has(picture.key))),
      other: keys(zones.other),
      reject: keys(zones.reject),
    });
    this.leave(group, draft, zones, seq);
    this.draw();
    this.measure();
  }

  isComplete(draft) {
    if (!draft.name.trim()) return this.ask("Which card is it? Press A, S or D for a candidate, or T to type its name.");
    const known = this.data.names.some((entry) => sameName(entry.name, draft.name));
    if (!known && this.data.ofCatalogue && this.warned !== draft.name) {
      const nearest = complete(draft.name, this.data.names, 3).map((entry) => entry.name);
      this.warned = draft.name;
      const hint = nearest.length ? ` Nearest: ${nearest.join(", ")}.` : "";
      return this.ask(`“${draft.name}” is no card of Balatro.${hint} Enter again takes it as a new card.`);
    }
    draft.isNew = !known;
    if (!draft.modifier && this.data.ofCatalogue) return this.ask(`Which modifier? Press 1 to ${Math.min(9, this.data.modifiers.length)}.`);
    return true;
  }

  ask(text) {
    this.say(text);
    return false;
  }

  /** Go on to the next group while Python saves this one. */
  leave(group, draft, zones, seq) {
    const queue = this.queue();
    const after = queue[queue.findIndex((one) => one.key === group.key) + 1] ?? queue.find((one) => one.key !== group.key);
    for (const picture of [...zones.keep, ...zones.reject]) this.hidden.set(picture.key, seq);
    this.front = this.front.filter((one) => one.key !== group.key);
    this.past.push({ group, draft, seq });
    this.undone = [];
    this.message = "";
    this.failure = "";
    if (zones.other.length) this.split(group, zones.other, seq);
    else this.go(after ?? null);
  }

  /** What was sorted out as another card is the next group. */
  split(group, pictures, seq) {
    const key = `split:${pictures[0].key}`;
    const candidates = group.candidates.slice(1);
    const prefill = { ...group.prefill, prefilled: false, name: "", type: "", rarity: "" };
    this.front.unshift({ ...group, key, pictures, rest: [], candidates, prefill, seq });
    this.drafts.delete(key);
    this.go(this.front[0]);
  }

  undo() {
    const entry = this.past.pop();
    if (!entry && !this.data.canUndo && !this.outbox.saving) return this.say("Nothing to undo.");
    const seq = this.outbox.add("undo");
    if (entry) {
      this.undone.push(entry);
      this.front = this.front.filter((group) => group.seq !== entry.seq);
      this.reopen(entry.group, entry.draft, seq);
    }
    this.say(entry ? "Taken back." : "Taking back the edit before …");
  }

  redo() {
    const entry = this.undone.pop();
    if (!entry && !this.data.canRedo && !this.outbox.saving) return this.say("Nothing to do again.");
    const seq = this.outbox.add("redo");
    if (entry) {
      const zones = this.sorted(entry.group, entry.draft);
      const undone = this.undone;
      this.front = this.front.filter((group) => group.key.replace("again:", "") !== entry.group.key.replace("again:", ""));
      this.leave(entry.group, entry.draft, zones, seq);
      this.undone = undone;
    }
    this.say("Done again.");
  }

  say(text) {
    this.message = text;
    this.draw();
  }

  /** Milliseconds from the key to the next group's picture on the screen; the browser test reads it. */
  measure() {
    const from = this.pressed;
    const large = this.root.querySelector(".large img");
    const done = () => requestAnimationFrame(() => setTimeout(() => (this.root.host.dataset.lastMs = String(performance.now() - from)), 0));
    if (large?.decode) large.decode().then(done, done);
    else done();
  }

  // ---- accepting many

  showPreview(preview) {
    if (!preview) return;
    if (this.dialog?.open && this.previewed === preview.id) return;
    this.previewed = preview.id;
    this.dialog?.close();
    const out = new Set();
    let isOld = false; // another preview is on its way
    const button = h("button", { type: "button", class: "primary", onclick: () => this.acceptMany(preview, out) });
    const count = () => {
      const left = preview.groups.filter((group) => !out.has(group.key));
      const pictures = left.reduce((sum, group) => sum + group.pictures.length, 0);
      button.textContent = `Accept ${many(pictures, "picture")}`;
      button.disabled = isOld || !pictures;
    };
    count();
    const tile = (group) =>
      h(
        "button",
        {
          type: "button",
          class: "tile",
          "data-key": group.key,
          "aria-pressed": "true",
          title: "Click to leave out",
          onclick: (event) => {
            if (!out.delete(group.key)) out.add(group.key);
            event.currentTarget.setAttribute("aria-pressed", String(!out.has(group.key)));
            count();
          },
        },
        h("img", { src: group.url, alt: "", loading: "lazy" }),
        h("strong", {}, group.name),
        h("span", {}, group.modifier || "—"),
        h("small", {}, `${percent(group.confidence)}${group.pictures.length > 1 ? ` · ${group.pictures.length}×` : ""}`),
      );
    const slider = h("input", { type: "number", min: "0.5", max: "100", step: "0.5", value: String(100 * preview.threshold) });
    const dialog = openDialog(this.root, {
      title: `Accept all above ${percent(preview.threshold)}`,
      className: "preview",
      body: [
        h(
          "form",
          {
            class: "row",
            onsubmit: (event) => {
              event.preventDefault();
              isOld = button.disabled = true;
              this.outbox.add("preview", { threshold: Math.min(1, Math.max(0, Number(slider.value) / 100)) });
            },
          },
          h("label", {}, "Name and modifier together at least ", slider, " %"),
          h("button", { type: "submit" }, "Look again"),
          h("span", { class: "muted" }, "Least sure first. Click a card to leave it out."),
        ),
        preview.groups.length
          ? h("div", { class: "tiles" }, preview.groups.map(tile))
          : h("p", { class: "empty" }, "No picture is that sure. Lower the bound, or label a few more by hand."),
      ],
      buttons: [h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), button],
      onclose: () => {
        if (this.dialog === dialog) this.dialog = null;
        if (this.previewed === preview.id) this.outbox.add("closePreview");
      },
    });
    this.dialog = dialog;
    dialog.addEventListener("keydown", (event) => {
      const target = event.composedPath()[0];
      if (event.key === "Enter" && !["INPUT", "BUTTON"].includes(target.tagName) && !button.disabled) button.click();
    });
    button.focus();
  }

  acceptMany(preview, out) {
    const groups = preview.groups.filter((group) => !out.has(group.key));
    const seq = this.outbox.add("acceptMany", {
      revision: this.data.revision,
      preview: preview.id,
      pictures: groups.flatMap((group) => group.pictures),
    });
    for (const group of groups) for (const picture of group.pictures) this.hidden.set(picture, seq);
    this.dialog.close();
    this.go(null);
    this.draw();
  }

  // ---- keys

  key(event) {
    if (this.dialog?.open || this.root.querySelector("dialog[open]")) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isTyping(event)) return;
    if (undoKey(event, letter, (action) => this[action]())) return;
    if (event.altKey) return;
    if ((event.key === "Enter" && isButton(event, ENTER_ACCEPTS)) || (event.key === " " && isButton(event))) return;
    const action = this.keys(letter, event);
    if (!action) return;
    used(event);
    action();
  }

  keys(letter, event) {
    const arrow = letter.startsWith("Arrow");
    if (arrow && this.root.activeElement?.closest?.(".thumb")) return () => this.arrow(letter);
    if (/^[1-9]$/.test(letter)) {
      const modifier = this.data.modifiers[Number(letter) - 1];
      return modifier && (() => this.chooseModifier(modifier));
    }
    const place = CANDIDATE_KEYS.indexOf(letter);
    if (place >= 0) {
      const candidate = this.current()?.candidates[place];
      return candidate && (() => this.choose(candidate));
    }
    const zone = ZONES.find(([, , , key]) => key === letter);
    if (zone) return () => this.move(zone[0]);
    return {
      Enter: () => this.accept(),
      ArrowRight: () => this.step(true),
      n: () => this.step(true),
      ArrowLeft: () => this.step(false),
      b: () => this.step(false),
      u: () => (event.shiftKey ? this.redo() : this.undo()),
      x: () => this.toggle(this.meant()),
      " ": () => this.toggle(this.meant()),
      t: () => this.focus("name"),
      "/": () => this.focus("search"),
      "?": () => helpDialog(this.root, LABEL_HELP),
      p: () => this.outbox.add("preview", { threshold: this.data.threshold }),
      Escape: () => {
        this.marked.clear();
        this.root.activeElement?.blur();
        this.message = "";
        this.draw();
      },
    }[letter];
  }

  arrow(letter) {
    const thumbs = [...this.root.querySelectorAll(".thumb")];
    const from = this.root.activeElement.getBoundingClientRect();
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[letter];
    const far = (thumb) => {
      const to = thumb.getBoundingClientRect();
      const [x, y] = [to.left - from.left, to.top - from.top];
      const along = x * dx + y * dy;
      return along > 4 ? along + 3 * Math.abs(dx ? y : x) : Infinity;
    };
    const next = thumbs.map((thumb) => [far(thumb), thumb]).sort((one, two) => one[0] - two[0])[0];
    if (next && next[0] < Infinity) next[1].focus();
  }

  focus(mark) {
    this.root.querySelector(`[data-focus="${mark}"]`)?.focus();
  }

  // ---- the picture of it

  draw() {
    const queue = this.queue();
    const group = this.current(queue);
    this.shown = group;
    redraw(this.root, [
      this.topBar(),
      this.conflict && conflictPanel(this.conflict, { keepTheirs: () => this.decide(false), useMine: () => this.decide(true) }),
      group ? this.desk(group) : this.finished(),
      group && this.filmstrip(queue, group),
    ]);
    if (!group) return;
    const soon = queue.slice(queue.indexOf(group) + 1, queue.indexOf(group) + 1 + AHEAD);
    this.askForMore(queue);
    prefetch(soon.flatMap((one) => [one.pictures[0].large, ...one.pictures.slice(0, 12).map((picture) => picture.url)]));
  }

  /** Python sends some groups in advance; when most of them were left for later it has to send others. */
  askForMore(queue) {
    const open = queue.filter((one) => !this.later.has(one.key)).length;
    if (open > AHEAD || !this.data.more || this.asked === this.later.size) return;
    this.asked = this.later.size;
    this.outbox.add("view", { order: this.data.view.order, search: this.data.view.search, later: [...this.later] });
  }

  decide(mine) {
    const { seq, revision } = this.conflict;
    const entry = this.front.find((group) => group.seq === seq);
    this.conflict = null;
    if (mine) {
      this.outbox.add("override", { of: seq, revision });
      if (entry) for (const picture of entry.pictures) this.hidden.set(picture.key, this.outbox.next - 1);
    } else this.outbox.add("dismiss", { of: seq });
    this.front = this.front.filter((group) => group.seq !== seq);
    this.go(null);
    this.draw();
  }

  topBar() {
    const { counts, view } = this.data;
    const pending = this.hidden.size;
    const done = Math.min(counts.total, counts.labelled + counts.aside + pending);
    const share = counts.total ? (100 * done) / counts.total : 0;
    const search = h("input", {
      type: "search",
      "data-focus": "search",
      value: this.searching,
      placeholder: "Search",
      "aria-label": "Search by suggested name, file or cluster",
      oninput: (event) => this.search(event.target.value),
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key === "Escape" || event.key === "Enter") event.target.blur();
      },
    });
    return h(
      "header",
      { class: "top" },
      h(
        "div",
        { class: "progress" },
        h("progress", { max: "100", value: String(share), "aria-label": `${done} of ${counts.total} pictures decided` }),
        h(
          "p",
          {},
          h("strong", {}, `${done.toLocaleString("en")} of ${counts.total.toLocaleString("en")}`),
          ` decided · ${(counts.total - done).toLocaleString("en")} to go`,
          this.data.about && h("span", { class: "muted about" }, ` · ${this.data.about}`),
        ),
      ),
      statusLine(this.outbox, this.failure),
      h("label", { class: "search" }, search, h("kbd", {}, "/")),
      h(
        "select",
        {
          "aria-label": "Order",
          "data-focus": "order",
          onchange: (event) => {
            this.later.clear();
            this.cursor = null;
            this.outbox.add("view", { order: event.target.value, search: view.search });
          },
        },
        this.data.orders.map(([value, text]) => h("option", { value, selected: value === view.order }, text)),
      ),
      h(
        "button",
        {
          type: "button",
          class: "many",
          title: "Key P",
          "data-focus": "many",
          onclick: () => this.outbox.add("preview", { threshold: this.data.threshold }),
        },
        `Accept all above ${percent(this.data.threshold)} …`,
      ),
      h(
        "div",
        { class: "row" },
        this.icon("↶", "Undo, key U", "undo", !this.past.length && !this.data.canUndo, () => this.undo()),
        this.icon("↷", "Do again, key Shift+U", "redo", !this.undone.length && !this.data.canRedo, () => this.redo()),
        this.icon("?", "Help: all keys", "help", false, () => helpDialog(this.root, LABEL_HELP)),
      ),
    );
  }

  icon(text, label, mark, disabled, onclick) {
    return h(
      "button",
      { type: "button", class: "icon", "aria-label": label, title: label, "data-focus": mark, disabled, onclick },
      text,
    );
  }

  search(text) {
    this.searching = text;
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => {
      this.cursor = null;
      this.outbox.add("view", { order: this.data.view.order, search: text });
    }, 250);
  }

  finished() {
    const { counts, view } = this.data;
    const busy = this.data.waiting || this.outbox.open.length > 0 || this.data.more > 0;
    if (busy) return h("section", { class: "finished" }, h("h2", {}, "One moment …"), h("p", {}, "Fetching the next groups."));
    if (view.search) {
      return h(
        "section",
        { class: "finished" },
        h("h2", {}, `Nothing to label fits “${view.search}”`),
        h("button", { type: "button", class: "primary", onclick: () => this.search("") }, "Show all"),
      );
    }
    if (!counts.total) {
      return h(
        "section",
        { class: "finished" },
        h("h2", {}, "No pictures yet"),
        h("p", {}, `Capture some with `, h("code", {}, "balatro capture"), `, or put pictures of single cards into ${this.data.folder}.`),
      );
    }
    return h(
      "section",
      { class: "finished" },
      h("h2", {}, "All decided"),
      h("p", {}, `${many(counts.labelled, "picture")} labelled, ${many(counts.aside, "picture")} set aside. Next: look through Verify and Coverage.`),
    );
  }

  desk(group) {
    const draft = this.draft(group);
    const zones = this.sorted(group, draft);
    const [keep, other, reject, rest] = ZONES;
    const looked = [...group.pictures, ...group.rest].find((picture) => picture.key === this.looked) ?? zones.keep[0] ?? group.pictures[0];
    return h(
      "main",
      { class: "desk" },
      h(
        "div",
        { class: "zones" },
        this.zone(keep, zones.keep, group, draft),
        h("div", { class: "aside" }, this.zone(other, zones.other, group, draft), this.zone(reject, zones.reject, group, draft)),
        group.rest.length ? this.zone(rest, zones.rest, group, draft) : null,
      ),
      this.details(group, draft, looked, zones),
    );
  }

  zone([zone, title, hint, key], pictures, group, draft) {
    const taken = zone === "keep" ? pictures.filter((picture) => !draft.out.has(picture.key)).length : pictures.length;
    const count = taken === pictures.length ? `${taken}` : `${taken} of ${pictures.length}`;
    return h(
      "section",
      {
        class: `zone ${zone} ${pictures.length ? "" : "bare"} ${this.sizeOf(pictures.length, group)}`,
        "aria-label": title,
        ondragover: (event) => {
          event.preventDefault();
          event.currentTarget.classList.add("over");
        },
        ondragleave: (event) => event.currentTarget.classList.remove("over"),
        ondrop: (event) => {
          event.preventDefault();
          const key = event.dataTransfer.getData("text/plain");
          if (key) this.move(zone, this.marked.has(key) ? [...this.marked] : [key]);
        },
      },
      h("h3", {}, title, h("span", { class: "count" }, count), h("kbd", {}, key.toUpperCase())),
      pictures.length
        ? h("div", { class: "thumbs", "data-scroll": zone }, pictures.map((picture) => this.thumb(picture, zone, draft)))
        : h("p", { class: "hint" }, hint),
    );
  }

  /** Few pictures are shown large, where no other zone needs the room. */
  sizeOf(count, group) {
    const isAlone = !group.rest.length && ![...this.draft(group).zones.values()].some((zone) => zone !== "keep");
    if (count <= 8 && isAlone) return "few";
    return count <= 18 ? "some" : "";
  }

  thumb(picture, zone, draft) {
    const out = zone === "keep" && draft.out.has(picture.key);
    const state = { keep: out ? "left out" : "this card", other: "another card", reject: "not a card", rest: "more of the cluster" }[zone];
    const differs = zone === "keep" && picture.odd && (!sameName(picture.name, draft.name) || picture.modifier !== draft.modifier);
    const looksLike = sameName(picture.name, draft.name) ? picture.modifier : picture.name;
    return h(
      "button",
      {
        type: "button",
        class: `thumb ${out ? "out" : ""} ${this.marked.has(picture.key) ? "marked" : ""} ${differs ? "differs" : ""}`,
        "data-key": picture.key,
        "data-focus": `thumb-${picture.key}`,
        draggable: "true",
        "aria-label": `${picture.key}: ${state}${differs ? `, looks like ${looksLike}` : ""}`,
        "aria-pressed": zone === "keep" ? String(!out) : null,
        title: differs ? `On its own it looks like ${picture.name}, ${picture.modifier}` : zone === "keep" ? "Click to leave out or take in; drag to sort" : "Click to take back",
        onclick: (event) => {
          if (event.shiftKey || event.ctrlKey || event.metaKey) {
            if (!this.marked.delete(picture.key)) this.marked.add(picture.key);
            this.draw();
          } else this.toggle([picture.key]);
        },
        ondragstart: (event) => {
          event.dataTransfer.setData("text/plain", picture.key);
          event.dataTransfer.effectAllowed = "move";
        },
        onpointerenter: () => this.look(picture),
        onfocus: () => this.look(picture),
      },
      h("img", { src: picture.url, alt: "", loading: "lazy", decoding: "sync", draggable: "false" }),
      zone === "keep" && h("span", { class: "tick", "aria-hidden": "true" }, out ? "✕" : "✓"),
      differs && h("span", { class: "badge", "aria-hidden": "true" }, `${looksLike}?`),
    );
  }

  /** Show a picture large without drawing the rest anew. */
  look(picture) {
    if (this.looked === picture.key) return;
    this.looked = picture.key;
    const large = this.root.querySelector(".large");
    if (large) large.replaceWith(this.large(picture));
  }

  large(picture) {
    return h(
      "figure",
      { class: "large" },
      h("img", { src: picture.large, alt: `Card ${picture.key}, enlarged`, decoding: "sync" }),
      h("figcaption", {}, picture.key),
    );
  }

  details(group, draft, looked, zones) {
    const taken = zones.keep.filter((picture) => !draft.out.has(picture.key)).length;
    const isPrefilled = group.prefill.prefilled && !draft.touched.has("name");
    const isUnsure = group.candidates.length > 0 && group.candidates[0].confidence < UNLIKELY && !group.candidates[0].sameCluster;
    return h(
      "aside",
      { class: "details" },
      h(
        "div",
        { class: "look" },
        this.large(looked),
        h(
          "div",
          { class: "candidates", role: "group", "aria-label": "Candidates" },
          h("h3", {}, isUnsure ? "Looks a little like" : "Looks like"),
          group.candidates.length
            ? group.candidates.map((candidate, place) => candidateButton(candidate, place, draft.name, () => this.choose(candidate)))
            : h("p", { class: "hint" }, "Nothing labelled is alike yet. Press T and type its name."),
        ),
      ),
      namedFields({
        card: draft,
        data: this.data,
        isPrefilled,
        choose: (entry) => this.choose(entry),
        typed: (text) => this.typed(text),
        changed: (what, value) => {
          draft[what] = value;
          draft.touched.add(what);
        },
        leave: () => {
          this.root.activeElement?.blur();
          this.draw();
        },
      }),
      modifierButtons({
        modifiers: this.data.modifiers,
        chosen: draft.modifier,
        prefilled: !draft.touched.has("modifier"),
        confidence: group.prefill.modifierConfidence,
        choose: (modifier) => this.chooseModifier(modifier),
      }),
      h("p", { class: `message ${this.message ? "loud" : ""}`, role: "status", "aria-live": "polite" }, this.message || this.summary(group, draft, isPrefilled)),
      h(
        "div",
        { class: "row decide" },
        h("button", { type: "button", "data-focus": "back", onclick: () => this.step(false) }, "← Back"),
        h(
          "button",
          { type: "button", class: "primary", "data-focus": "accept", onclick: () => this.accept() },
          taken ? `Accept ${many(taken, "picture")}` : "Accept: none is this card",
          h("kbd", {}, "Enter"),
        ),
        h("button", { type: "button", "data-focus": "next", onclick: () => this.step(true) }, "Later →"),
      ),
    );
  }

  summary(group, draft, isPrefilled) {
    const open = [isPrefilled && "name", draft.modifier && !draft.touched.has("modifier") && "modifier"].filter(Boolean);
    if (open.length) return `Suggested, not yet confirmed: ${open.join(" and ")}.`;
    return draft.name ? "Chosen by you." : "";
  }

  filmstrip(queue, group) {
    const from = queue.indexOf(group);
    const shown = queue.slice(Math.max(0, from - 1), from + 24);
    const beyond = this.data.more + queue.length - from - shown.length + Math.min(1, from);
    return h(
      "nav",
      { class: "film", "aria-label": "Next groups" },
      h("div", {}, shown.map((one) =>
        h(
          "button",
          {
            type: "button",
            class: one === group ? "here" : "",
            "aria-current": one === group ? "true" : null,
            "aria-label": `${one.prefill.prefilled ? one.prefill.name : "unnamed"}, ${many(one.pictures.length, "picture")}`,
            "data-focus": `film-${one.key}`,
            onclick: () => {
              this.visited.push(group.key);
              this.go(one);
              this.draw();
            },
          },
          h("img", { src: one.pictures[0].url, alt: "", loading: "lazy" }),
          h("span", { class: "count" }, String(one.pictures.length)),
          h("small", {}, this.drafts.get(one.key)?.name || (one.prefill.prefilled ? one.prefill.name : "?")),
        ),
      )),
      beyond > 0 && h("span", { class: "muted" }, `+ ${many(beyond, "group")}`),
    );
  }

  close() {
    clearTimeout(this.searchTimer);
  }
}
