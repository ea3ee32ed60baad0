// What is around the map: the bar at the top, the groups by colour on the left, the chosen pictures on the right.

Object.assign(MapBoard.prototype, {
  draw() {
    this.showPoints();
    redraw(this.root, [
      this.topBar(),
      this.conflict && conflictPanel(this.conflict, { keepTheirs: () => this.decide(false), useMine: () => this.decide(true) }),
      h("main", { class: "desk map" }, this.list(), this.stage(), this.details()),
    ]);
    this.view.paint();
  },

  topBar() {
    const icon = LabelBoard.prototype.icon;
    const waiting = this.points.filter((point) => point.state !== "labelled" && !point.gone).length;
    return h(
      "header",
      { class: "top" },
      h(
        "p",
        { class: "grow" },
        h("strong", {}, many(this.points.filter((point) => !point.gone).length, "picture")),
        `, ${waiting.toLocaleString("en")} of them without a label`,
      ),
      statusLine(this.outbox, this.failure),
      h(
        "div",
        { class: "row" },
        icon("↶", "Undo, key U", "undo", !this.data.canUndo, () => this.outbox.add("undo")),
        icon("↷", "Do again, key Shift+U", "redo", !this.data.canRedo, () => this.outbox.add("redo")),
        icon("?", "Help: all keys", "help", false, () => helpDialog(this.root, MAP_HELP)),
      ),
    );
  },

  select(label, mark, value, entries, choose) {
    return h(
      "label",
      { class: "choice" },
      h("span", {}, label),
      h(
        "select",
        { "data-focus": mark, onchange: (event) => choose(event.target.value) },
        entries.map(([what, title]) => h("option", { value: what, selected: what === value }, title)),
      ),
    );
  },

  list() {
    const colourings = Object.entries(COLOURINGS).map(([what, [title]]) => [what, title]);
    const found = this.groups.filter((group) => !this.filter || matchOf(this.filter, group.title) !== null);
    return h(
      "nav",
      { class: "list", "aria-label": "Groups by colour" },
      this.select("Colour", "colouring", this.colouring, colourings, (what) => {
        this.colouring = what;
        this.draw();
      }),
      this.select("Show", "shown", this.shown, SHOWN, (what) => {
        this.shown = what;
        this.draw();
      }),
      searchField("Search the groups", this.filter, (typed) => {
        this.filter = typed;
        this.draw();
      }),
      h(
        "ul",
        { class: "rows", "data-scroll": "rows" },
        found.slice(0, MOST_GROUPS).map((group) => h("li", {}, this.row(group))),
        found.length > MOST_GROUPS && h("li", { class: "muted" }, `and ${found.length - MOST_GROUPS} more; search`),
        !found.length && h("li", { class: "muted" }, "none"),
      ),
    );
  },

  row({ title, colour, keys }) {
    const chosen = keys.filter((key) => this.chosen.has(key)).length;
    return h(
      "button",
      {
        type: "button",
        class: chosen ? "here" : "",
        title: "Choose these; Shift+click adds them",
        "data-focus": `group-${title}`,
        onclick: (event) => this.choose(keys, event.shiftKey ? (chosen === keys.length ? "less" : "add") : "only"),
      },
      h("span", { class: "label" }, h("i", { class: "dot", style: `background: ${colour}`, "aria-hidden": "true" }), title),
      h("span", { class: "count" }, chosen ? `${chosen} of ${keys.length}` : String(keys.length)),
    );
  },

  stage() {
    const { map } = this.data;
    const few = !this.points.length && `A map needs at least ${map.least} pictures; there are ${map.keys.length} so far.`;
    const waits = map.trouble || (map.laying && !this.points.length ? "Laying out the map …" : few);
    return h(
      "section",
      { class: "map-stage", "aria-label": "Map" },
      this.view.root,
      waits && h("p", { class: "empty", role: "status" }, waits),
      h(
        "div",
        { class: "row tools", role: "radiogroup", "aria-label": "What a drag does" },
        TOOLS.map(([tool, title, key]) =>
          h(
            "button",
            {
              type: "button",
              role: "radio",
              class: this.view.tool === tool ? "chosen" : "",
              "aria-checked": String(this.view.tool === tool),
              "data-focus": `tool-${tool}`,
              onclick: () => this.takeUp(tool),
            },
            title,
            h("kbd", {}, key.toUpperCase()),
          ),
        ),
      ),
      h(
        "p",
        { class: "legend" },
        h("i", { class: "dot full" }),
        "labelled",
        h("i", { class: "dot hollow" }),
        "suggested",
        h("i", { class: "dot ringed" }),
        "suspicious",
      ),
    );
  },

  large() {
    const point = this.points.find((one) => one.key === this.looked);
    if (!point) return h("figure", { class: "large" }, h("figcaption", {}, "Point at the map to see a picture."));
    const what = [point.name || UNKNOWN, point.modifier, point.state === "suggested" && "suggested"].filter(Boolean).join(", ");
    return h(
      "figure",
      { class: "large" },
      h("img", { src: point.large, alt: what }),
      h(
        "figcaption",
        {},
        h("strong", {}, what),
        h("span", {}, `${point.key}, uniqueness ${point.unique.toFixed(2)}`),
        point.doubt && h("span", { class: "warn" }, point.doubt),
      ),
    );
  },

  details() {
    const chosen = this.points.filter((point) => this.chosen.has(point.key));
    const field = nameField({
      value: this.name,
      names: this.data.names,
      label: "Name of the chosen pictures",
      choose: (entry) => (this.name = entry.name),
      typed: (text) => (this.name = text),
      leave: (key) => {
        this.root.activeElement?.blur();
        if (key === "Escape") this.name = "";
        this.draw();
      },
    });
    return h(
      "aside",
      { class: "details" },
      this.large(),
      h("h3", {}, chosen.length ? `${many(chosen.length, "picture")} chosen` : "Draw around pictures to choose them"),
      chosen.length > 0 && this.sample(chosen),
      h("div", { class: "named one" }, h("label", {}, h("span", {}, this.name ? "Name" : "Name: as it is, or as suggested"), field.root)),
      modifierButtons({ modifiers: this.data.modifiers, chosen: this.modifier, choose: (modifier) => this.chooseModifier(modifier) }),
      this.buttons(chosen),
      h("p", { class: `message ${this.message ? "loud" : ""}`, role: "status", "aria-live": "polite" }, this.message),
    );
  },

  sample(chosen) {
    const counts = new Map();
    for (const { name } of chosen) counts.set(name || UNKNOWN, (counts.get(name || UNKNOWN) ?? 0) + 1);
    const most = [...counts].sort((one, two) => two[1] - one[1]);
    const told = most.slice(0, 4).map(([name, count]) => `${count} ${name}`);
    return h(
      "div",
      { class: "sample" },
      h("p", { class: "hint" }, told.join(", "), most.length > 4 && `, and ${many(most.length - 4, "other name")}`),
      h(
        "div",
        { class: "chosen-ones", "data-scroll": "chosen" },
        chosen.slice(0, CHOSEN_SHOWN).map((point) =>
          h(
            "button",
            {
              type: "button",
              title: `${point.name || UNKNOWN}: click to take it out`,
              "aria-label": `Take out ${point.name || UNKNOWN}, ${point.key}`,
              "data-focus": `chosen-${point.key}`,
              onclick: () => this.choose([point.key], "less"),
            },
            h("img", { src: point.url, alt: "" }),
          ),
        ),
        chosen.length > CHOSEN_SHOWN && h("span", { class: "muted" }, `and ${chosen.length - CHOSEN_SHOWN} more`),
      ),
    );
  },

  buttons(chosen) {
    const button = (title, key, mark, className, onclick) =>
      h("button", { type: "button", class: className, "data-focus": mark, disabled: !chosen.length, onclick }, title, h("kbd", {}, key));
    const what = this.name || this.modifier ? [this.name, this.modifier].filter(Boolean).join(", ") : "as suggested";
    return h(
      "div",
      { class: "acts" },
      button(`Label ${what}`, "Enter", "label", "primary", () => this.label()),
      button("Not a card", "L", "reject", "", () => this.putAside("reject")),
      button("Leave out", "X", "exclude", "", () => this.putAside("exclude")),
      chosen.some((point) => point.state === "labelled") && button("Take label away", "Del", "remove", "danger", () => this.unlabel()),
    );
  },
});
