// A whole screen with boxes on it: drawn, moved and resized with the mouse. It decides nothing; the board is told of each change.

const GRIPS = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const SMALLEST = 4; // pixels of the screen that a box has in both directions; Python refuses less
const CLICK = 4; // pixels on the page by which the mouse moves in a click

/** Pixels of the screen: left < right, top < bottom, within the screen. */
function tidyBox([left, top, right, bottom], screen) {
  const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
  const [x1, x2] = [within(Math.min(left, right), screen.width), within(Math.max(left, right), screen.width)];
  const [y1, y2] = [within(Math.min(top, bottom), screen.height), within(Math.max(top, bottom), screen.height)];
  return [x1, y1, x2, y2];
}

/** A box moved by some pixels, kept within the screen at its size. */
function movedBox([left, top, right, bottom], x, y, screen) {
  const across = Math.min(Math.max(x, -left), screen.width - right);
  const down = Math.min(Math.max(y, -top), screen.height - bottom);
  return [left + across, top + down, right + across, bottom + down].map(Math.round);
}

/** A box with the edges of a grip moved by some pixels. */
function resizedBox([left, top, right, bottom], grip, x, y, screen) {
  const edges = [left + (grip.includes("w") ? x : 0), top + (grip.includes("n") ? y : 0)];
  return tidyBox([...edges, right + (grip.includes("e") ? x : 0), bottom + (grip.includes("s") ? y : 0)], screen);
}

function isLarge([left, top, right, bottom]) {
  return right - left >= SMALLEST && bottom - top >= SMALLEST;
}

function areaOf([left, top, right, bottom]) {
  return (right - left) * (bottom - top);
}

/** Where a box lies on its screen, as a style. */
function boxStyle([left, top, right, bottom], screen) {
  const share = (value, of) => `${(100 * value) / of}%`;
  return `left:${share(left, screen.width)};top:${share(top, screen.height)};width:${share(right - left, screen.width)};height:${share(bottom - top, screen.height)}`;
}

/** The part of a screen in a box, enlarged; the same picture that the sheet shows. */
function cutOut(screen, [left, top, right, bottom]) {
  const wide = Math.max(1, right - left);
  const high = Math.max(1, bottom - top);
  const x = screen.width > wide ? (100 * left) / (screen.width - wide) : 0;
  const y = screen.height > high ? (100 * top) / (screen.height - high) : 0;
  return `aspect-ratio:${wide}/${high};background-image:url("${screen.url}");background-size:${(100 * screen.width) / wide}% ${(100 * screen.height) / high}%;background-position:${x}% ${y}%`;
}

class Sheet {
  /** ask: {boxes(), chosen(), choose(id), changed(id, box), drawn(box)} of the board. */
  constructor(ask) {
    this.ask = ask;
    this.zoom = 1;
  }

  /** The screen and its boxes as an element. */
  draw(screen) {
    this.screen = screen;
    const chosen = this.ask.chosen();
    const sheet = h(
      "div",
      {
        class: "sheet",
        style: `--ratio:${screen.width / screen.height};--zoom:${this.zoom}`,
        onpointerdown: (event) => this.down(event),
        onpointermove: (event) => this.move(event),
        onpointerup: () => this.up(),
        onpointercancel: () => this.cancel(),
      },
      h("img", { src: screen.url, alt: "", draggable: "false", decoding: "sync" }),
      [...this.ask.boxes()].sort((one, two) => areaOf(two.box) - areaOf(one.box)).map((box) => this.box(box, box.id === chosen)), // small ones on top
    );
    this.element = sheet;
    return h("div", { class: "stage", "data-scroll": "stage" }, sheet);
  }

  box(card, isChosen) {
    const state = !card.name ? "unnamed" : card.isUnsure ? "unsure" : card.prefilled ? "prefilled" : "said";
    const modifier = card.modifier && card.modifier !== "Base" ? `, ${card.modifier}` : "";
    return h(
      "div",
      {
        class: `box ${state} ${isChosen ? "chosen" : ""}`,
        style: boxStyle(card.box, this.screen),
        "data-box": card.id,
        "data-edges": card.box.join(" "),
        "data-name": card.name,
        "data-modifier": card.modifier,
        role: "button",
        "aria-label": `${card.name || "no name"}${modifier}`,
        "aria-pressed": String(isChosen),
      },
      h("span", { class: "tag" }, card.name ? `${card.name}${modifier}` : "?"),
      isChosen && GRIPS.map((grip) => h("i", { class: `grip ${grip}`, "data-grip": grip })),
    );
  }

  /** Where the mouse is, in pixels of the screen. */
  at(event) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return [((event.clientX - left) * this.screen.width) / width, ((event.clientY - top) * this.screen.height) / height];
  }

  down(event) {
    if (event.button !== 0 || this.drag) return;
    event.preventDefault(); // no picture is dragged, no text marked
    this.element.setPointerCapture(event.pointerId);
    const id = Number(event.target.closest("[data-box]")?.dataset.box ?? NaN);
    const card = this.ask.boxes().find((one) => one.id === id);
    const from = this.at(event);
    this.drag = { from, client: [event.clientX, event.clientY], card, grip: event.target.dataset?.grip, isMoved: false };
    if (!card) this.drag.box = [...from, ...from];
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    if (Math.hypot(event.clientX - drag.client[0], event.clientY - drag.client[1]) >= CLICK) drag.isMoved = true;
    if (!drag.isMoved) return;
    const [x, y] = this.at(event);
    const [across, down] = [x - drag.from[0], y - drag.from[1]];
    if (!drag.card) drag.box = tidyBox([...drag.from, x, y], this.screen);
    else if (drag.grip) drag.box = resizedBox(drag.card.box, drag.grip, across, down, this.screen);
    else drag.box = movedBox(drag.card.box, across, down, this.screen);
    this.show(drag);
  }

  /** Follow the mouse without drawing anything anew. */
  show(drag) {
    drag.element ??= drag.card ? this.element.querySelector(`[data-box="${drag.card.id}"]`) : this.element.appendChild(h("div", { class: "box drawn chosen" }));
    drag.element.style.cssText = boxStyle(drag.box, this.screen);
  }

  up() {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    if (!drag.isMoved || !isLarge(drag.box)) this.ask.choose(drag.card ? this.below(drag) : null);
    else if (drag.card) this.ask.changed(drag.card.id, drag.box);
    else this.ask.drawn(drag.box);
  }

  /** The clicked box; when it was chosen already, the next one that lies under the mouse, too. */
  below({ card, from: [x, y] }) {
    if (card.id !== this.ask.chosen()) return card.id;
    const there = this.ask.boxes().filter(({ box: [left, top, right, bottom] }) => left <= x && x <= right && top <= y && y <= bottom);
    return there[(there.indexOf(card) + 1) % there.length]?.id ?? card.id;
  }

  cancel() {
    this.drag = null;
    this.ask.choose(this.ask.chosen());
  }
}
