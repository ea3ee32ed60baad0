// What both boards share: building elements, the outbox, completion of names, dialogs.
// The files of this folder are joined into one module in the order of PARTS in __init__.py; none loads anything from outside.

const RESEND_MS = 4000; // an action that Python has not answered by then is sent again; Python knows each by its number

/** An element: h("button", {class: "x", onclick: f}, "text", child). Text is never read as HTML. */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (name === "style") element.style.cssText = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

/** A name as it is compared: no case, no accents, no punctuation. */
function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}\p{S}]+/gu, " ").trim();
}

/** How well a name answers what was typed, 0 best; null for not at all. */
function matchOf(typed, name) {
  const wanted = fold(typed);
  const whole = fold(name);
  if (!wanted || whole === wanted) return 0;
  if (whole.startsWith(wanted)) return 1;
  if (whole.split(" ").some((word) => word.startsWith(wanted))) return 2;
  if (whole.includes(wanted)) return 3;
  return isSpread(wanted.replaceAll(" ", ""), whole) ? 4 : null;
}

/** Whether the letters come in this order, whatever stands between: "grpr" is in "grim reaper". */
function isSpread(letters, text) {
  let from = 0;
  for (const letter of letters) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** The best completions of what was typed: [{name, type, rarity}]. */
function complete(typed, names, limit = 7) {
  if (!typed.trim()) return [];
  return names
    .map((entry) => [matchOf(typed, entry.name), entry])
    .filter(([rank]) => rank !== null)
    .sort((one, two) => one[0] - two[0] || one[1].name.length - two[1].name.length || one[1].name.localeCompare(two[1].name))
    .slice(0, limit)
    .map(([, entry]) => entry);
}

function sameName(one, two) {
  return fold(one) === fold(two);
}

function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.5) return "< 1 %";
  return `${value >= 99.95 ? "100" : value >= 99 ? value.toFixed(1) : Math.round(value)} %`;
}

function many(count, one, more = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
}

/** The outbox of this tab: it outlives a change of the page, and a restart of the server. */
let shared = null;
const REPEATABLE = new Set(["accept", "screen", "label", "relabel", "exclude", "reject", "remove", "include"]);
function outboxOf(data) {
  if (shared?.session === data.session) return shared;
  const old = shared;
  shared = new Outbox(data.session, data.handled + 1);
  if (old) {
    old.close();
    // Another server process: what it may not have heard is said again; saying it twice changes nothing.
    shared.open = old.open.filter((action) => REPEATABLE.has(action.kind)).map((action) => ({ ...action, seq: shared.next++ }));
    setTimeout(() => shared.flush(), 0);
  }
  return shared;
}
addEventListener("beforeunload", (event) => {
  if (shared?.saving) event.preventDefault();
});

/** What a person did and Python has not confirmed yet. Each action has a number; all open ones are sent together, so that one
 *  that a rerun swallowed comes again with the next, and Python does each number once. */
class Outbox {
  constructor(session, first) {
    this.session = session;
    this.next = first;
    this.open = [];
    this.send = () => {};
    this.timer = 0;
  }
  add(kind, more = {}) {
    const action = { seq: this.next++, kind, ...more };
    this.open.push(action);
    this.flush();
    return action.seq;
  }
  flush() {
    clearTimeout(this.timer);
    if (!this.open.length) return;
    this.send({ session: this.session, actions: this.open });
    this.timer = setTimeout(() => this.flush(), RESEND_MS);
  }
  handled(seq) {
    this.open = this.open.filter((action) => action.seq > seq);
    if (!this.open.length) clearTimeout(this.timer);
  }
  get saving() {
    return this.open.filter((action) => !READS.has(action.kind)).length;
  }
  close() {
    clearTimeout(this.timer);
  }
}

const READS = new Set(["view", "openScreen", "lookAt", "preview", "closePreview", "dismiss"]);

/** A field with completion. choose(entry) when a name is picked, typed(text) at every letter. */
function nameField({ value, names, marked, choose, typed, leave, label = "Name" }) {
  const list = h("ul", { class: "names", role: "listbox", id: "name-list", "aria-label": "Names", hidden: true });
  let shown = [];
  let active = -1;
  const input = h("input", {
    class: marked ? "prefilled" : "",
    "data-focus": "name",
    value,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Type a name …",
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-controls": "name-list",
    "aria-expanded": "false",
  });
  const show = (entries) => {
    shown = entries;
    active = entries.length ? 0 : -1;
    paint();
  };
  const paint = () => {
    list.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0) input.setAttribute("aria-activedescendant", `name-${active}`);
    else input.removeAttribute("aria-activedescendant");
    list.replaceChildren(
      ...shown.map((entry, place) =>
        h(
          "li",
          {
            id: `name-${place}`,
            role: "option",
            "aria-selected": String(place === active),
            onpointerdown: (event) => {
              event.preventDefault();
              pick(entry);
            },
          },
          h("span", {}, entry.name),
          h("small", {}, [entry.type, entry.rarity].filter(Boolean).join(" · ")),
        ),
      ),
    );
  };
  const pick = (entry) => {
    input.value = entry.name;
    show([]);
    choose(entry);
  };
  input.addEventListener("input", () => {
    input.classList.remove("prefilled");
    show(complete(input.value, names));
    typed(input.value);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (shown.length) active = (active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      else shown = complete(input.value, names);
      paint();
    } else if (event.key === "Enter" || (event.key === "Tab" && shown.length && input.value)) {
      if (active >= 0 && shown.length) pick(shown[active]);
      leave(event.key);
    } else if (event.key === "Escape") {
      if (shown.length) show([]);
      else leave("Escape");
    } else return;
    event.preventDefault();
  });
  return { root: h("div", { class: "name-field" }, input, list), input };
}

const EDITIONS = ["Base", "Foil", "Holographic", "Polychrome", "Negative"]; // those that have a colour of their own

/** A button for each, keys 1 to 9. */
function modifierButtons({ modifiers, chosen, prefilled, confidence, choose }) {
  return h(
    "div",
    { class: "modifiers", role: "radiogroup", "aria-label": "Modifier" },
    modifiers.map((modifier, place) =>
      h(
        "button",
        {
          class: `modifier m${EDITIONS.indexOf(modifier)} ${modifier === chosen ? "chosen" : ""} ${modifier === chosen && prefilled ? "prefilled" : ""}`,
          role: "radio",
          type: "button",
          "aria-checked": String(modifier === chosen),
          "data-focus": `modifier-${place}`,
          title: place < 9 ? `${modifier}, key ${place + 1}` : modifier,
          onclick: () => choose(modifier),
        },
        EDITIONS.includes(modifier) && h("i", { class: "swatch", "aria-hidden": "true" }),
        h("span", {}, modifier),
        modifier === chosen && prefilled && confidence ? h("small", {}, percent(confidence)) : place < 9 && h("kbd", {}, String(place + 1)),
      ),
    ),
  );
}

/** A window over the board. Escape and the cross close it. */
function openDialog(root, { title, className = "", body, buttons, onclose }) {
  const dialog = h(
    "dialog",
    { class: className, "aria-label": title },
    h(
      "header",
      {},
      h("h2", {}, title),
      h("button", { class: "icon", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
    ),
    h("div", { class: "body" }, body),
    buttons && h("footer", {}, buttons),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose?.();
  });
  // Keys in a dialog are the dialog's; the page's own shortcuts stay out of it.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  root.append(dialog);
  dialog.showModal();
  return dialog;
}

function helpDialog(root, sections) {
  openDialog(root, {
    title: "Keys",
    className: "help",
    body: sections.map(([title, rows]) =>
      h(
        "section",
        {},
        h("h3", {}, title),
        h(
          "dl",
          {},
          rows.map(([keys, what]) => [
            h("dt", {}, keys.split(" ").map((key) => (key === "or" ? " or " : h("kbd", {}, key)))),
            h("dd", {}, what),
          ]),
        ),
      ),
    ),
  });
}

/** A key that a board has taken is nobody else's. */
function used(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y; true for whatever is pressed with Ctrl or Cmd: boards have no other such keys. */
function undoKey(event, letter, act) {
  if (!event.ctrlKey && !event.metaKey) return false;
  if (letter !== "z" && letter !== "y") return true;
  act(letter === "y" || event.shiftKey ? "redo" : "undo");
  used(event);
  return true;
}

/** A field in which one types what a list is to show. */
function searchField(what, value, changed) {
  return h("input", {
    type: "search",
    value,
    "data-focus": "search",
    placeholder: what,
    "aria-label": what,
    oninput: (event) => changed(event.target.value),
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.key === "Escape") event.target.blur();
    },
  });
}

/** Whether a key press belongs to a field that is being typed in. */
function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Whether Enter and Space belong to what has the focus; `apart`: buttons that do not count. */
function isButton(event, apart = ":not(*)") {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && ["BUTTON", "A", "SUMMARY"].includes(target.tagName) && !target.matches(apart);
}

/** A button that was clicked with the mouse gives the focus back, so that Enter means the board again; a picture keeps it. */
function release(event) {
  const button = event.composedPath().find((element) => element instanceof HTMLButtonElement);
  if (event.detail > 0 && button && !button.matches(".thumb")) button.blur();
}

/** Whether a mouse button is held or something is dragged: what is under it must not be drawn anew, or the click gets lost. */
class Hand {
  constructor(root) {
    this.isHeld = this.isDragging = false;
    this.late = null;
    this.listeners = [
      [root, "pointerdown", () => (this.isHeld = true)],
      [root, "dragstart", () => (this.isDragging = true)],
      [document, "pointercancel", () => this.isDragging || this.free()], // a drag begins with one
      [document, "pointermove", (event) => this.isHeld && event.buttons === 0 && this.free()],
      ...["pointerup", "dragend", "drop"].map((name) => [document, name, () => this.free()]),
    ];
    for (const [target, name, listener] of this.listeners) target.addEventListener(name, listener, true);
  }
  /** Let go; what waits is drawn after the click or drop itself. */
  free() {
    this.isHeld = this.isDragging = false;
    setTimeout(() => {
      this.late?.();
      this.late = null;
    }, 0);
  }
  whenFree(action) {
    if (this.isHeld) this.late = action;
    else action();
  }
  close() {
    for (const [target, name, listener] of this.listeners) target.removeEventListener(name, listener, true);
  }
}

/** "Saved", "Saving 2 …", or what went wrong; said to screen readers too. */
function statusLine(outbox, failure) {
  const saving = outbox.saving;
  if (failure) return h("p", { class: "status bad", role: "alert" }, `Not saved: ${failure}`);
  return h(
    "p",
    { class: `status ${saving ? "busy" : "good"}`, role: "status", "aria-live": "polite", "data-saving": String(saving) },
    saving ? `Saving ${saving} …` : "Saved",
  );
}

/** Both versions of what two people changed at once; the later one decides. */
function conflictPanel(conflict, { keepTheirs, useMine }) {
  const version = (title, label) =>
    h(
      "div",
      { class: "version" },
      h("h4", {}, title),
      label
        ? [
            h("strong", {}, label.name || "no name"),
            h("span", {}, [label.modifier, label.type, label.rarity].filter(Boolean).join(" · ") || "—"),
          ]
        : h("span", {}, "not in the dataset"),
    );
  return h(
    "section",
    { class: "conflict", role: "alert" },
    h("h3", {}, `${many(conflict.pictures.length, "card")} changed meanwhile in another tab or by someone else`),
    conflict.pictures.slice(0, 6).map((entry) =>
      h(
        "div",
        { class: "versions" },
        h("img", { src: entry.url, alt: `Card ${entry.key}` }),
        version("Theirs, on disk", entry.theirs),
        version("Yours, not saved", entry.mine),
      ),
    ),
    conflict.pictures.length > 6 && h("p", {}, `and ${conflict.pictures.length - 6} more`),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", "data-focus": "theirs", onclick: keepTheirs }, "Keep theirs"),
      h("button", { type: "button", class: "primary", "data-focus": "mine", onclick: useMine }, "Save mine over it"),
    ),
  );
}

/** Keep the focus where it was although everything is drawn anew. */
function redraw(root, elements) {
  const focused = root.activeElement ?? document.activeElement;
  const mark = focused?.dataset?.focus;
  const scrolled = new Map([...root.querySelectorAll("[data-scroll]")].map((element) => [element.dataset.scroll, [element.scrollLeft, element.scrollTop]]));
  root.querySelector(".board").replaceChildren(...elements.filter(Boolean));
  for (const element of root.querySelectorAll("[data-scroll]")) element.scrollTo(...(scrolled.get(element.dataset.scroll) ?? [0, 0]));
  if (mark) root.querySelector(`[data-focus="${CSS.escape(mark)}"]`)?.focus({ preventScroll: true });
}

/** Fetch pictures before they are shown. */
const fetched = new Map();
function prefetch(urls) {
  for (const url of urls) {
    if (fetched.has(url)) continue;
    const image = new Image();
    image.src = url;
    fetched.set(url, image);
    if (fetched.size > 600) fetched.delete(fetched.keys().next().value);
  }
}
