// The canvas of the map: thousands of points, looked at with wheel and hand, chosen with a lasso. It knows places and colours only.

const DOT = 4; // radius of a point in CSS pixels
const NEAR_DOT = 12; // how near the mouse must come
const MOST_PICTURES = 160; // so many points in sight are drawn as pictures
const PICTURE = [45, 60]; // their size in CSS pixels
const MOST_ZOOM = 60;
const RIM = 24; // pixels around the whole map
const HAND = 4; // pixels of a drag below which it is a click

class MapView {
  /** tell: {choose(numbers, how), look(number)}; how: "only", "add" or "less". */
  constructor(tell) {
    this.tell = tell;
    this.points = []; // {x, y, colour, hollow, ringed, shown, url}
    this.chosen = new Set();
    this.focused = -1;
    this.tool = "lasso";
    this.zoom = 1;
    this.middle = [0.5, 0.5];
    this.trace = null; // what is being drawn: points of the canvas
    this.images = new Map();
    this.ground = h("canvas", { "aria-hidden": "true" });
    this.above = h("canvas", {
      tabindex: "0",
      role: "application",
      "data-focus": "map",
      "aria-label": "Map of the pictures. Arrows go from point to point, Space chooses, G takes the nearest ones along, Enter labels.",
      onpointerdown: (event) => this.press(event),
      onpointermove: (event) => this.move(event),
      onpointerup: (event) => this.lift(event),
      onpointercancel: () => this.cancel(),
      onpointerleave: () => !this.trace && this.hover(-1),
      ondblclick: () => this.whole(),
    });
    this.above.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.above.addEventListener("focus", () => this.paintAbove());
    this.root = h("div", { class: "map-view" }, this.ground, this.above);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.root);
  }

  close() {
    this.watch.disconnect();
  }

  resize() {
    const { clientWidth, clientHeight } = this.root;
    this.size = [clientWidth, clientHeight];
    this.scale = devicePixelRatio || 1;
    for (const canvas of [this.ground, this.above]) [canvas.width, canvas.height] = this.size.map((side) => Math.round(side * this.scale));
    this.paint();
  }

  // ---- places

  /** Where a point of the map lies on the canvas, in CSS pixels. */
  at({ x, y }) {
    const [width, height] = this.size;
    const [across, down] = this.sides();
    return [width / 2 + (x - this.middle[0]) * across, height / 2 + (y - this.middle[1]) * down];
  }

  /** Width and height of the whole map in CSS pixels, as it is zoomed. */
  sides() {
    return this.size.map((side) => (side - 2 * RIM) * this.zoom);
  }

  inSight() {
    const [width, height] = this.size;
    const numbers = [];
    this.points.forEach((point, number) => {
      if (!point.shown) return;
      const [x, y] = this.at(point);
      if (x > -PICTURE[0] && y > -PICTURE[1] && x < width + PICTURE[0] && y < height + PICTURE[1]) numbers.push(number);
    });
    return numbers;
  }

  nearest([x, y], within) {
    let best = -1;
    let least = within;
    for (const number of this.inSight()) {
      const [px, py] = this.at(this.points[number]);
      const far = Math.hypot(px - x, py - y);
      if (far < least) [best, least] = [number, far];
    }
    return best;
  }

  /** The shown points by how near they are to one, nearest first. */
  around(number) {
    const [x, y] = this.at(this.points[number]);
    const far = (other) => Math.hypot(this.at(this.points[other])[0] - x, this.at(this.points[other])[1] - y);
    return this.points
      .map((point, other) => [point.shown ? far(other) : Infinity, other])
      .filter(([distance]) => distance < Infinity)
      .sort((one, two) => one[0] - two[0])
      .map(([, other]) => other);
  }

  zoomBy(factor, [x, y] = this.size.map((side) => side / 2)) {
    const zoom = Math.min(MOST_ZOOM, Math.max(1, this.zoom * factor));
    const [width, height] = this.size;
    const share = 1 - this.zoom / zoom; // what lies under the mouse stays there
    const [across, down] = this.sides();
    this.middle = [this.middle[0] + ((x - width / 2) / across) * share, this.middle[1] + ((y - height / 2) / down) * share];
    this.zoom = zoom;
    this.keepInside();
    this.paint();
  }

  moveBy(dx, dy) {
    const [across, down] = this.sides();
    this.middle = [this.middle[0] - dx / across, this.middle[1] - dy / down];
    this.keepInside();
    this.paint();
  }

  keepInside() {
    const half = 0.5 / this.zoom;
    this.middle = this.middle.map((place) => Math.min(1 - half, Math.max(half, place)));
  }

  whole() {
    this.zoom = 1;
    this.middle = [0.5, 0.5];
    this.paint();
  }

  /** Bring a point into sight. */
  show(number) {
    const [x, y] = this.at(this.points[number]);
    const [width, height] = this.size;
    if (x > 20 && y > 20 && x < width - 20 && y < height - 20) return;
    this.middle = [this.points[number].x, this.points[number].y];
    this.keepInside();
    this.paint();
  }

  // ---- mouse

  place(event) {
    const box = this.above.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.above.focus({ preventScroll: true });
    this.above.setPointerCapture(event.pointerId);
    this.trace = [this.place(event)];
    this.drags = event.button === 1 || this.tool === "hand";
  }

  move(event) {
    const place = this.place(event);
    if (!this.trace) return this.hover(this.nearest(place, NEAR_DOT));
    if (this.drags) {
      const last = this.trace[this.trace.length - 1];
      this.moveBy(place[0] - last[0], place[1] - last[1]);
    }
    this.trace.push(place);
    this.paintAbove();
  }

  lift(event) {
    const trace = this.trace;
    if (!trace) return;
    this.trace = null;
    const moved = trace.some(([x, y]) => Math.hypot(x - trace[0][0], y - trace[0][1]) > HAND);
    const how = event.shiftKey ? "add" : event.altKey ? "less" : "only";
    if (!moved) {
      const number = this.nearest(trace[0], NEAR_DOT);
      this.tell.choose(number < 0 ? [] : [number], number >= 0 && this.chosen.has(number) && how !== "only" ? "less" : how);
    } else if (!this.drags) {
      const holds = this.tool === "lasso" ? (place) => insideOf(trace, place) : boxOf(trace[0], trace[trace.length - 1]);
      this.tell.choose(this.inSight().filter((number) => holds(this.at(this.points[number]))), how);
    }
    this.paintAbove();
  }

  cancel() {
    this.trace = null;
    this.paintAbove();
  }

  wheel(event) {
    event.preventDefault();
    this.zoomBy(1.0015 ** -event.deltaY, this.place(event));
  }

  hover(number) {
    this.above.style.cursor = this.tool === "hand" ? "grab" : number >= 0 ? "pointer" : "crosshair";
    if (number === this.focused || number < 0) return;
    this.focus(number);
  }

  focus(number) {
    this.focused = number;
    this.tell.look(number);
    this.paintAbove();
  }

  // ---- painting

  pen(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, ...this.size);
    return pen;
  }

  paint() {
    if (!this.size?.[0]) return;
    const pen = this.pen(this.ground);
    const numbers = this.inSight();
    this.isNear = numbers.length <= MOST_PICTURES && this.zoom > 1;
    if (this.isNear) this.paintPictures(pen, numbers);
    else {
      this.paintDots(pen, numbers);
      this.paintRings(pen, numbers);
    }
    this.paintAbove();
  }

  /** All points of one look with one path: a path for each would take ten times as long. */
  paintDots(pen, numbers) {
    const looks = new Map();
    for (const number of numbers) {
      const { colour, hollow } = this.points[number];
      const look = `${colour}|${hollow}`;
      if (!looks.has(look)) looks.set(look, []);
      looks.get(look).push(number);
    }
    for (const some of looks.values()) {
      const { colour, hollow } = this.points[some[0]];
      pen.beginPath();
      for (const number of some) {
        const [x, y] = this.at(this.points[number]);
        pen.moveTo(x + DOT, y);
        pen.arc(x, y, hollow ? DOT - 0.75 : DOT, 0, 2 * Math.PI);
      }
      pen.lineWidth = hollow ? 1.5 : 0.75;
      pen.strokeStyle = hollow ? colour : "rgb(0 0 0 / 45%)";
      pen.fillStyle = colour;
      if (!hollow) pen.fill();
      pen.stroke();
    }
  }

  /** Around what is likely labelled wrongly. */
  paintRings(pen, numbers) {
    pen.beginPath();
    for (const number of numbers.filter((one) => this.points[one].ringed)) {
      const [x, y] = this.at(this.points[number]);
      pen.moveTo(x + DOT + 4, y);
      pen.arc(x, y, DOT + 4, 0, 2 * Math.PI);
    }
    pen.lineWidth = 2;
    pen.strokeStyle = "#e5342b";
    pen.stroke();
  }

  paintPictures(pen, numbers) {
    const [width, height] = PICTURE;
    for (const number of numbers) {
      const { colour, hollow, ringed, url } = this.points[number];
      const [x, y] = this.at(this.points[number]);
      const image = this.image(url);
      if (image.complete && image.naturalWidth) pen.drawImage(image, x - width / 2, y - height / 2, width, height);
      pen.lineWidth = 3;
      pen.strokeStyle = ringed ? "#e5342b" : colour;
      pen.setLineDash(hollow ? [4, 3] : []);
      pen.strokeRect(x - width / 2, y - height / 2, width, height);
    }
    pen.setLineDash([]);
  }

  image(url) {
    let image = this.images.get(url);
    if (!image) {
      image = new Image();
      image.onload = () => this.soon();
      image.src = url;
      this.images.set(url, image);
      if (this.images.size > 8 * MOST_PICTURES) this.images.delete(this.images.keys().next().value);
    }
    return image;
  }

  /** Paint once, however many pictures arrive until then. */
  soon() {
    if (!this.waits) this.waits = requestAnimationFrame(() => {
      this.waits = 0;
      this.paint();
    });
  }

  /** What moves with the mouse: the chosen points, the one that is looked at, the lasso. */
  paintAbove() {
    if (!this.size?.[0]) return;
    const pen = this.pen(this.above);
    const ink = getComputedStyle(this.root).color;
    this.ground.classList.toggle("faint", this.chosen.size > 0);
    const chosen = [...this.chosen];
    if (this.isNear) this.paintPictures(pen, chosen);
    else this.paintDots(pen, chosen);
    if (this.focused >= 0 && this.points[this.focused]?.shown) {
      const [x, y] = this.at(this.points[this.focused]);
      pen.beginPath();
      pen.arc(x, y, DOT + 7, 0, 2 * Math.PI);
      pen.lineWidth = 2;
      pen.strokeStyle = ink;
      pen.setLineDash(this.above.matches(":focus-visible") ? [] : [4, 3]);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (this.trace && !this.drags) this.paintTrace(pen, ink);
  }

  paintTrace(pen, ink) {
    const first = this.trace[0];
    const last = this.trace[this.trace.length - 1];
    pen.beginPath();
    if (this.tool === "lasso") for (const place of this.trace) pen.lineTo(...place);
    else pen.rect(...first, last[0] - first[0], last[1] - first[1]);
    pen.closePath();
    pen.globalAlpha = 0.12;
    pen.fillStyle = ink;
    pen.fill();
    pen.globalAlpha = 1;
    pen.lineWidth = 1.5;
    pen.strokeStyle = ink;
    pen.setLineDash([6, 4]);
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** Whether a place lies in a closed line: how often a ray from it crosses the line is odd. */
function insideOf(line, [x, y]) {
  let inside = false;
  for (let one = 0, other = line.length - 1; one < line.length; other = one++) {
    const [x1, y1] = line[one];
    const [x2, y2] = line[other];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function boxOf([x1, y1], [x2, y2]) {
  return ([x, y]) => x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2);
}
