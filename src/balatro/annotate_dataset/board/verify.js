// The verifying board: what is labelled, by name and modifier or by what is suspicious; relabel and remove in place.

const MAX_ROWS = 400; // rows of the list that are drawn; typing in its search field narrows it

const VERIFY_HELP = [
  [
    "Pictures",
    [
      ["click or Space", "mark, unmark"],
      ["Shift+click", "mark up to here"],
      ["A", "mark all of this page"],
      ["Tab or arrows", "go through the pictures"],
      ["PageUp PageDown", "page before, next page"],
    ],
  ],
  [
    "The marked ones, or the one in focus",
    [
      ["1 to 9", "modifier, in the order of the buttons"],
      ["T", "type another name; Enter takes it"],
      ["Y", "take the suggestion"],
      ["G", "it is right: do not show it as suspicious again today"],
      ["I", "take back what was set aside"],
      ["Delete", "remove from the dataset; the raw picture stays"],
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

class VerifyBoard {
  constructor(root, data) {
    this.root = root;
    this.outbox = outboxOf(data);
    this.failed = new Set(); // numbers of failures that were shown
    this.marked = new Set();
    this.overlay = new Map(); // picture -> {seq, change}: what was done here and is not confirmed yet
    this.failure = "";
    this.conflict = null;
    this.message = "";
    this.filter = "";
    this.last = null;
    this.looked = null;
    this.newName = "";
  }

  take(data) {
    this.data = data;
    this.outbox.handled(data.handled);
    for (const failure of data.failures) {
      if (!this.failed.has(failure.seq)) this.fail(failure);
      this.failed.add(failure.seq);
    }
    for (const [key, { seq }] of this.overlay) if (seq <= data.handled) this.overlay.delete(key);
    const here = new Set(data.pictures.map((picture) => picture.key));
    this.marked = new Set([...this.marked].filter((key) => here.has(key)));
    this.hand.whenFree(() => this.draw());
  }

  fail(failure) {
    for (const [key, { seq }] of this.overlay) if (seq === failure.seq) this.overlay.delete(key);
    if (failure.conflict) this.conflict = { ...failure.conflict, seq: failure.seq };
    else this.failure = failure.text;
  }

  pictures() {
    return this.data.pictures.map((picture) => ({ ...picture, ...this.overlay.get(picture.key)?.change }));
  }

  meant() {
    if (this.marked.size) return [...this.marked];
    const focused = this.root.activeElement?.closest?.(".thumb");
    return focused ? [focused.dataset.key] : [];
  }

  change(kind, more, change) {
    const keys = this.meant();
    if (!keys.length) return this.say("Mark pictures first: click them, or press A for all.");
    const seq = this.outbox.add(kind, { revision: this.data.revision, pictures: keys, ...more });
    for (const key of keys) this.overlay.set(key, { seq, change });
    this.failure = "";
    this.marked.clear();
    this.draw();
  }

  relabelName(entry) {
    const known = this.data.names.find((one) => sameName(one.name, entry.name));
    if (!entry.name.trim() || !this.meant().length) return this.change("relabel", {}, {});
    if (!known && this.data.ofCatalogue && this.warned !== entry.name) {
      this.warned = entry.name;
      const nearest = complete(entry.name, this.data.names, 3).map((one) => one.name);
      return this.say(`“${entry.name}” is no card of Balatro.${nearest.length ? ` Nearest: ${nearest.join(", ")}.` : ""} Once more takes it as new.`);
    }
    this.warned = "";
    this.newName = "";
    this.change("relabel", { name: (known ?? entry).name.trim(), isNew: !known }, { name: (known ?? entry).name });
  }

  relabelModifier(modifier) {
    this.change("relabel", { modifier }, { modifier });
  }

  /** Do what is proposed for each; each may have another proposal. */
  takeProposals() {
    const meant = new Set(this.meant());
    const chosen = this.pictures().filter((picture) => meant.has(picture.key) && picture.proposal);
    if (!chosen.length) return this.say("There is no suggestion for these.");
    const seq = this.outbox.add("propose", {
      revision: this.data.revision,
      pictures: chosen.map((picture) => picture.key),
    });
    for (const picture of chosen) this.overlay.set(picture.key, { seq, change: { ...picture.proposal, why: "" } });
    this.marked.clear();
    this.draw();
  }

  get isAside() {
    return this.data.view.what === "aside";
  }

  takeBack() {
    this.change("include", {}, { removed: true });
  }

  view(view) {
    this.marked.clear();
    this.outbox.add("view", { ...this.data.view, page: 0, ...view });
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
    if (event.altKey) return;
    const onThumb = this.root.activeElement?.closest?.(".thumb");
    if ((event.key === "Enter" || event.key === " ") && isButton(event)) return;
    const action = letter.startsWith("Arrow") && onThumb ? () => LabelBoard.prototype.arrow.call(this, letter) : this.keys(letter, event);
    if (!action) return;
    used(event);
    action();
    this.draw();
  }

  keys(letter, event) {
    if (/^[1-9]$/.test(letter)) {
      const modifier = this.data.modifiers[Number(letter) - 1];
      return modifier && (() => this.relabelModifier(modifier));
    }
    return {
      a: () => this.markAll(),
      t: () => this.root.querySelector('[data-focus="name"]')?.focus(),
      y: () => this.takeProposals(),
      i: () => this.isAside && this.takeBack(),
      g: () => this.change("fine", {}, { why: "" }),
      Delete: () => this.change("remove", {}, { removed: true }),
      Backspace: () => this.change("remove", {}, { removed: true }),
      u: () => this.outbox.add(event.shiftKey ? "redo" : "undo"),
      PageUp: () => this.turn(-1),
      PageDown: () => this.turn(1),
      "/": () => this.root.querySelector('[data-focus="search"]')?.focus(),
      "?": () => helpDialog(this.root, VERIFY_HELP),
      Escape: () => {
        this.marked.clear();
        this.message = "";
        this.root.activeElement?.blur();
      },
    }[letter];
  }

  markAll() {
    const all = this.data.pictures.map((picture) => picture.key);
    this.marked = this.marked.size === all.length ? new Set() : new Set(all);
  }

  turn(by) {
    const page = this.data.view.page + by;
    if (page >= 0 && page < this.data.pages) this.view({ page });
  }

  // ---- the picture of it

  draw() {
    redraw(this.root, [
      this.topBar(),
      this.conflict && conflictPanel(this.conflict, { keepTheirs: () => this.decide(false), useMine: () => this.decide(true) }),
      h("main", { class: "desk verify" }, this.list(), this.grid(), this.details()),
    ]);
    prefetch(this.data.next ?? []);
  }

  decide(mine) {
    const { seq, revision } = this.conflict;
    this.conflict = null;
    this.outbox.add(mine ? "override" : "dismiss", { of: seq, revision });
    this.draw();
  }

  topBar() {
    const { counts } = this.data;
    const icon = LabelBoard.prototype.icon;
    return h(
      "header",
      { class: "top" },
      h(
        "p",
        { class: "grow" },
        h("strong", {}, many(counts.labelled, "picture")),
        ` of ${many(counts.names, "card")} in ${many(counts.kinds, "version")}`,
        counts.missing > 0 && h("span", { class: "warn" }, ` · ${many(counts.missing, "file")} missing`),
      ),
      statusLine(this.outbox, this.failure),
      h(
        "div",
        { class: "row" },
        icon("↶", "Undo, key U", "undo", !this.data.canUndo, () => this.outbox.add("undo")),
        icon("↷", "Do again, key Shift+U", "redo", !this.data.canRedo, () => this.outbox.add("redo")),
        icon("?", "Help: all keys", "help", false, () => helpDialog(this.root, VERIFY_HELP)),
      ),
    );
  }

  list() {
    const { view } = this.data;
    const rows = this.data.rows.filter((row) => !this.filter || matchOf(this.filter, `${row.name} ${row.modifier}`) !== null);
    return h(
      "nav",
      { class: "list", "aria-label": "What to look at" },
      h("h3", {}, "Suspicious first"),
      h(
        "ul",
        {},
        this.data.kinds.map((kind) =>
          h(
            "li",
            {},
            this.row(kind.count, "", view.what === kind.what, () => this.view({ what: kind.what, name: "", modifier: "" }), {
              label: kind.title,
              title: kind.about,
              warn: kind.count > 0,
            }),
          ),
        ),
      ),
      this.data.checking && h("p", { class: "hint", role: "status" }, this.data.checking),
      h("h3", {}, "By name and modifier"),
      searchField("Search cards", this.filter, (typed) => {
        this.filter = typed;
        this.draw();
      }),
      h(
        "ul",
        { class: "rows", "data-scroll": "rows" },
        rows.slice(0, MAX_ROWS).map((row) =>
          h(
            "li",
            {},
            this.row(
              row.count,
              [row.type, row.rarity].filter(Boolean).join(" · "),
              !view.what && view.name === row.name && view.modifier === row.modifier,
              () => this.view({ what: "", name: row.name, modifier: row.modifier }),
              { label: row.name || "no name", modifier: row.modifier, warn: row.missing > 0 },
            ),
          ),
        ),
        rows.length > MAX_ROWS && h("li", { class: "muted" }, `and ${rows.length - MAX_ROWS} more; search`),
        !rows.length && h("li", { class: "muted" }, "none"),
      ),
    );
  }

  row(count, about, here, onclick, { label, title, modifier, warn }) {
    const place = this.data.modifiers.indexOf(modifier);
    return h(
      "button",
      { type: "button", class: here ? "here" : "", title, "aria-current": here ? "true" : null, "data-focus": `row-${label}-${modifier ?? ""}`, onclick },
      h("span", { class: "label" }, label, about && h("small", {}, about)),
      modifier && h("span", { class: `tag m${place}` }, modifier),
      h("span", { class: `count ${warn ? "warn" : ""}` }, String(count)),
    );
  }

  grid() {
    const pictures = this.pictures();
    const { view, pages, total } = this.data;
    return h(
      "section",
      { class: "grid", "aria-label": this.data.title },
      h(
        "h2",
        {},
        this.data.title,
        h("small", {}, this.data.subtitle),
        pages > 1 &&
          h(
            "span",
            { class: "pager" },
            h("button", { type: "button", "aria-label": "Page before", "data-focus": "before", disabled: view.page === 0, onclick: () => this.turn(-1) }, "‹"),
            `${view.page + 1} of ${pages}`,
            h("button", { type: "button", "aria-label": "Next page", "data-focus": "after", disabled: view.page + 1 >= pages, onclick: () => this.turn(1) }, "›"),
          ),
      ),
      pictures.length
        ? h("div", { class: "thumbs", "data-scroll": "grid" }, pictures.map((picture, place) => this.thumb(picture, place)))
        : h("p", { class: "empty" }, total ? "Nothing left on this page." : this.data.empty),
    );
  }

  thumb(picture, place) {
    const marked = this.marked.has(picture.key);
    const number = this.data.modifiers.indexOf(picture.modifier);
    return h(
      "button",
      {
        type: "button",
        class: `thumb card ${marked ? "marked" : ""} ${picture.removed ? "gone" : ""}`,
        "data-key": picture.key,
        "data-focus": `thumb-${picture.key}`,
        "aria-pressed": String(marked),
        "aria-label": `${picture.name}, ${picture.modifier || "no modifier"}, ${picture.key}${picture.why ? `. ${picture.why}` : ""}`,
        title: picture.why || picture.key,
        onclick: (event) => this.mark(picture.key, place, event.shiftKey),
        onpointerenter: () => this.look(picture),
        onfocus: () => this.look(picture),
      },
      h(
        "span",
        { class: "pair" },
        picture.missing
          ? h("span", { class: "blank" }, "file missing")
          : h("img", { src: picture.url, alt: "", loading: "lazy", decoding: "async" }),
        picture.other && h("img", { class: "other", src: picture.other.url, alt: "", loading: "lazy" }),
      ),
      picture.aside
        ? h("strong", {}, picture.aside)
        : [h("strong", {}, picture.name || "no name"), h("span", { class: `tag m${number}` }, picture.modifier || "—")],
      picture.why && h("small", { class: "why" }, picture.why),
      picture.proposal &&
        picture.why &&
        h("small", { class: "proposal" }, "→ ", [picture.proposal.name, picture.proposal.modifier].filter(Boolean).join(", ")),
    );
  }

  mark(key, place, range) {
    if (range && this.last !== null) {
      const [from, to] = [Math.min(this.last, place), Math.max(this.last, place)];
      for (const picture of this.data.pictures.slice(from, to + 1)) this.marked.add(picture.key);
    } else if (!this.marked.delete(key)) this.marked.add(key);
    this.last = place;
    this.message = "";
    this.draw();
  }

  look(picture) {
    if (this.looked === picture.key) return;
    this.looked = picture.key;
    this.root.querySelector(".large")?.replaceWith(this.large(picture));
  }

  large(picture) {
    if (!picture) return h("figure", { class: "large" });
    return h(
      "figure",
      { class: "large" },
      picture.missing
        ? h("span", { class: "blank" }, "The file is missing")
        : h("img", { src: picture.large, alt: `${picture.name}, ${picture.modifier}, enlarged` }),
      h("figcaption", {}, picture.key, picture.author && h("span", {}, `${picture.author}, ${new Date(picture.time).toLocaleString()}`)),
    );
  }

  details() {
    const pictures = this.pictures();
    const meant = this.meant();
    const looked = pictures.find((picture) => picture.key === this.looked) ?? pictures[0];
    const chosen = pictures.filter((picture) => this.marked.has(picture.key));
    const shared = new Set(chosen.map((picture) => picture.modifier));
    const field = nameField({
      value: this.newName,
      names: this.data.names,
      label: "New name of the marked pictures",
      choose: (entry) => {
        this.newName = entry.name;
      },
      typed: (text) => {
        this.newName = text;
      },
      leave: (key) => {
        this.root.activeElement?.blur();
        if (key === "Enter") this.relabelName({ name: this.newName });
        else this.draw();
      },
    });
    if (this.isAside) return this.asideDetails(looked);
    return h(
      "aside",
      { class: "details" },
      this.large(looked),
      h("h3", {}, this.marked.size ? `${many(this.marked.size, "picture")} marked` : "Mark pictures to change them"),
      h("div", { class: "named one" }, h("label", {}, h("span", {}, "Another name"), field.root)),
      modifierButtons({
        modifiers: this.data.modifiers,
        chosen: shared.size === 1 ? [...shared][0] : "",
        choose: (modifier) => this.relabelModifier(modifier),
      }),
      h(
        "div",
        { class: "row" },
        pictures.some((picture) => picture.proposal && picture.why) &&
          h("button", { type: "button", class: "primary", "data-focus": "propose", onclick: () => this.takeProposals() }, "Take suggestion", h("kbd", {}, "Y")),
        pictures.some((picture) => picture.why) &&
          h("button", { type: "button", "data-focus": "fine", onclick: () => this.change("fine", {}, { why: "" }) }, "It is right", h("kbd", {}, "G")),
        h("button", { type: "button", class: "danger", "data-focus": "remove", onclick: () => this.change("remove", {}, { removed: true }) }, "Remove", h("kbd", {}, "Del")),
      ),
      h("p", { class: `message ${this.message ? "loud" : ""}`, role: "status", "aria-live": "polite" }, this.message || (meant.length ? "" : "Click pictures, Shift+click for a range, A for all.")),
    );
  }


  asideDetails(looked) {
    return h(
      "aside",
      { class: "details" },
      this.large(looked),
      h("h3", {}, this.marked.size ? `${many(this.marked.size, "picture")} marked` : "Mark pictures to take them back"),
      h("button", { type: "button", class: "primary", "data-focus": "include", onclick: () => this.takeBack() }, "Take back ", h("kbd", {}, "I")),
      h("p", { class: "message", role: "status", "aria-live": "polite" }, this.message),
    );
  }
}
