// The board of whole screens: what is shown, and what keys do. What is thought of a screen is kept by ScreenDrafts.

const ZOOMS = [1, 1.5, 2, 3];
const FILM = 24; // screens shown at the bottom
const BUTTONS_THAT_ACCEPT = ".candidate, .modifier"; // with the focus on these Enter accepts; Space presses them

const SCREENS_HELP = [
  [
    "Screens",
    [
      ["Enter", "accept: these are all cards of the screen; go to the next"],
      ["C", "accept, and take the boxes along to the next screen"],
      ["V", "the boxes of the screen before, instead of these"],
      ["N", "next screen, leave this one for later"],
      ["B", "the screen before"],
      ["U or Ctrl+Z", "take back a step here, else the last accepted screen"],
      ["Shift+U or Ctrl+Y", "do it again"],
    ],
  ],
  [
    "Boxes",
    [
      ["Tab", "next box; Shift+Tab the one before"],
      ["click", "this box; once more, the one below it"],
      ["F", "next doubtful box, or one without a name"],
      ["drag", "on the screen: draw; on a box: move; on its edges: resize"],
      ["arrows", "move by a pixel, with Shift by ten; with Alt resize"],
      ["X or Delete", "remove the box"],
    ],
  ],
  [
    "This card",
    [
      ["A S D", "first, second, third candidate"],
      ["T", "type the name; ↑ ↓ choose, Enter takes it"],
      ["1 to 9", "modifier, in the order of the buttons"],
    ],
  ],
  [
    "All",
    [
      ["+ or -", "larger, smaller; 0 the whole screen"],
      ["?", "this help"],
      ["Esc", "leave a field; no box is chosen"],
    ],
  ],
];

class ScreensBoard extends ScreenDrafts {
  constructor(root, data) {
    super(root, data);
    this.sheet = new Sheet({
      boxes: () => this.draft()?.boxes ?? [],
      chosen: () => this.draft()?.chosen ?? null,
      choose: (id) => this.choose(id),
      changed: (id, box) => this.reshape(id, box),
      drawn: (box) => this.add(box),
    });
  }

  // ---- keys

  key(event) {
    if (this.root.querySelector("dialog[open]") || isTyping(event)) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (undoKey(event, letter, (action) => this[action]())) return;
    const action = this.keys(letter, event);
    const isPressed = (letter === "Enter" && isButton(event, BUTTONS_THAT_ACCEPT)) || (letter === " " && isButton(event));
    if (!action || isPressed) return;
    used(event);
    action();
  }

  keys(letter, event) {
    if (letter.startsWith("Arrow")) return () => this.nudge(letter, event);
    if (event.altKey) return null;
    if (/^[1-9]$/.test(letter)) {
      const modifier = this.data.modifiers[Number(letter) - 1];
      return modifier && (() => this.sayCard({ modifier }));
    }
    const place = CANDIDATE_KEYS.indexOf(letter);
    if (place >= 0) {
      const candidate = this.chosen()?.candidates[place];
      return () => (candidate ? this.name(candidate) : this.say("There is no such candidate; T types the name."));
    }
    return {
      Enter: () => this.accept(),
      Tab: () => this.tab(event.shiftKey ? -1 : 1),
      f: () => this.tab(0, this.doubtful(this.draft()?.boxes ?? [])),
      c: () => this.copyOn(),
      v: () => this.copyHere(),
      n: () => this.step(1),
      b: () => this.step(-1),
      u: () => (event.shiftKey ? this.redo() : this.undo()),
      x: () => this.remove(),
      Delete: () => this.remove(),
      Backspace: () => this.remove(),
      t: () => this.focusName(),
      "+": () => this.enlarge(1),
      "=": () => this.enlarge(1),
      "-": () => this.enlarge(-1),
      0: () => this.enlarge(-ZOOMS.length),
      "?": () => helpDialog(this.root, SCREENS_HELP),
      Escape: () => {
        this.root.activeElement?.blur();
        this.message = "";
        this.choose(null);
      },
    }[letter];
  }

  focusName() {
    if (!this.chosen()) return this.say("Choose a box first: Tab, or a click.");
    this.root.querySelector('[data-focus="name"]')?.focus();
  }

  enlarge(by) {
    const place = Math.min(Math.max(ZOOMS.indexOf(this.sheet.zoom) + by, 0), ZOOMS.length - 1);
    this.sheet.zoom = ZOOMS[place];
    this.draw();
    this.showChosen();
  }

  showChosen() {
    if (this.sheet.zoom > 1) this.root.querySelector(".box.chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // ---- what is shown

  draw() {
    const conflict =
      this.conflict &&
      conflictPanel(this.conflict, {
        keepTheirs: () => this.decide(false),
        useMine: () => this.decide(true),
      });
    const { screen } = this;
    const main = !this.data.screens.length ? this.nothing() : screen ? this.desk(screen) : this.note("One moment …", "Fetching the screen.");
    redraw(this.root, [this.topBar(), conflict, main, this.filmstrip()]);
    if (this.lookedAt !== this.chosen()?.id) this.showChosen();
    this.lookedAt = this.chosen()?.id;
  }

  decide(mine) {
    const { seq, revision } = this.conflict;
    const draft = this.drafts.get(this.at);
    this.conflict = null;
    this.outbox.add(mine ? "override" : "dismiss", { of: seq, revision });
    if (draft) draft.seq = this.outbox.next - 1;
    this.draw();
  }

  note(title, ...texts) {
    return h("section", { class: "finished" }, h("h2", {}, title), h("p", {}, texts));
  }

  nothing() {
    const how = ["Put pictures of whole screens into ", h("code", {}, this.data.folder), ", or import a detection set with ", h("code", {}, "balatro dataset import"), "."];
    return this.note("No screens yet", ...how);
  }

  topBar() {
    const all = this.data.screens.length;
    const done = [...this.states.values()].filter((state) => state === "done").length;
    const icon = (text, label, mark, disabled, onclick) =>
      h("button", { type: "button", class: "icon", "aria-label": label, title: label, "data-focus": mark, disabled, onclick }, text);
    const draft = this.drafts.get(this.at);
    return h(
      "header",
      { class: "top" },
      h(
        "div",
        { class: "progress" },
        h("progress", { max: "100", value: String(all ? (100 * done) / all : 0), "aria-label": `${done} of ${all} screens accepted` }),
        h("p", {}, h("strong", {}, `${done.toLocaleString("en")} of ${many(all, "screen")}`), " accepted", h("span", { class: "muted about" }, ` · ${this.data.about}`)),
      ),
      statusLine(this.outbox, this.failure),
      h(
        "div",
        { class: "row" },
        icon("−", "Smaller, key -", "smaller", this.sheet.zoom === ZOOMS[0], () => this.enlarge(-1)),
        icon("+", "Larger, key +", "larger", this.sheet.zoom === ZOOMS.at(-1), () => this.enlarge(1)),
        icon("↶", "Take back, key U", "undo", !draft?.steps.length && !this.past.length && !this.data.canUndo, () => this.undo()),
        icon("↷", "Do again, key Shift+U", "redo", !draft?.again.length && !this.undone.length && !this.data.canRedo, () => this.redo()),
        icon("?", "Help: all keys", "help", false, () => helpDialog(this.root, SCREENS_HELP)),
      ),
    );
  }

  desk(screen) {
    this.draft();
    return h("main", { class: "desk screens" }, this.sheet.draw(screen), this.details(screen));
  }

  details(screen) {
    const card = this.chosen();
    return h(
      "aside",
      { class: "details" },
      h("div", { class: "about-screen" }, h("h2", {}, this.at), h("p", { class: "muted" }, this.summary(screen))),
      card ? this.card(screen, card) : h("p", { class: "hint" }, "Tab or a click chooses a box; draw one with the mouse where a card has none."),
      h("p", { class: `message ${this.message ? "loud" : ""}`, role: "status", "aria-live": "polite" }, this.message),
      h(
        "div",
        { class: "row decide" },
        h("button", { type: "button", "data-focus": "back", title: "Key B", onclick: () => this.step(-1) }, "← Back"),
        h("button", { type: "button", class: "primary", "data-focus": "accept", onclick: () => this.accept() }, this.acceptText(), h("kbd", {}, "Enter")),
        h("button", { type: "button", "data-focus": "next", title: "Key N", onclick: () => this.step(1) }, "Later →"),
      ),
    );
  }

  acceptText() {
    const named = this.draft().boxes.filter((box) => box.name.trim()).length;
    return named ? `Accept ${many(named, "card")}` : "Accept: no card";
  }

  summary(screen) {
    const { boxes } = this.draft();
    if (screen.trouble) return screen.trouble;
    if (!screen.looked) return "Looking for its cards …";
    const without = boxes.filter((box) => !box.name.trim()).length;
    const unsure = boxes.filter((box) => box.isUnsure).length;
    const parts = [many(boxes.length - without, "card"), unsure && `${unsure} doubtful`, without && `${many(without, "box", "boxes")} without a name, left out`];
    return parts.filter(Boolean).join(" · ");
  }

  card(screen, card) {
    return h(
      "div",
      { class: "card-said" },
      h(
        "div",
        { class: "look" },
        h("div", { class: "cut", role: "img", "aria-label": "The card, enlarged", style: cutOut(screen, card.box) }),
        h(
          "div",
          { class: "candidates", role: "group", "aria-label": "Candidates" },
          h("h3", {}, "Looks like"),
          card.candidates.length
            ? card.candidates.map((candidate, place) => candidateButton(candidate, place, card.name, () => this.name(candidate)))
            : h("p", { class: "hint" }, "Press T and type its name."),
        ),
      ),
      namedFields({
        card,
        data: this.data,
        isPrefilled: card.prefilled,
        choose: (entry) => this.name(entry),
        typed: (text) => this.typed(text),
        changed: (what, value) => this.typedMore(what, value),
        leave: () => {
          this.root.activeElement?.blur();
          this.draw();
        },
      }),
      modifierButtons({
        modifiers: this.data.modifiers,
        chosen: card.modifier,
        prefilled: card.prefilled,
        confidence: 0,
        choose: (modifier) => this.sayCard({ modifier }),
      }),
    );
  }

  filmstrip() {
    const all = this.data.screens;
    const here = all.findIndex(([screen]) => screen === this.at);
    const from = Math.max(0, Math.min(here - 2, all.length - FILM));
    const { states } = this;
    return h(
      "nav",
      { class: "film of-screens", "aria-label": "Screens" },
      h("div", {}, all.slice(from, from + FILM).map(([screen, , url]) =>
        h(
          "button",
          {
            type: "button",
            class: `${screen === this.at ? "here" : ""} ${states.get(screen)}`,
            "aria-current": screen === this.at ? "true" : null,
            "aria-label": `${screen}, ${{ done: "accepted", begun: "labelled in part", open: "not labelled" }[states.get(screen)]}`,
            "data-focus": `film-${screen}`,
            onclick: () => this.go(screen),
          },
          h("img", { src: url, alt: "", loading: "lazy" }),
          h("small", {}, screen),
          states.get(screen) === "done" && h("span", { class: "tick", "aria-hidden": "true" }, "✓"),
        ),
      )),
    );
  }
}
