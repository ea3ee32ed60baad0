// What is thought of whole screens before it is accepted: a box around each card, named; all of a screen are accepted at once.
// As long as a screen is not touched its boxes are what Python says; after that they are the person's.

const SURE = 0.9; // a name and modifier below this are shown as doubtful, and looked at first
const STEP = 10; // pixels by which Shift and an arrow move a box
const MOST_KEPT = 50; // steps on a screen that can be taken back before it is accepted

class ScreenDrafts {
  constructor(root, data) {
    this.root = root;
    this.outbox = outboxOf(data);
    this.failed = new Set(); // numbers of failures that were shown
    this.drafts = new Map(); // screen -> what is thought of it
    this.decided = new Map(); // screen -> number of the action that accepted it, until Python has done it
    this.past = []; // accepted here, newest last: {screen, draft, seq}
    this.undone = [];
    this.next = 1;
    this.at = data.at || this.first(data);
  }

  // ---- what comes from Python

  take(data) {
    this.data = data;
    this.outbox.handled(data.handled);
    for (const [screen, seq] of this.decided) if (seq <= data.handled) this.decided.delete(screen);
    for (const [screen, draft] of this.drafts) if (draft.seq <= data.handled) this.drafts.delete(screen);
    for (const failure of data.failures) {
      if (!this.failed.has(failure.seq)) this.fail(failure);
      this.failed.add(failure.seq);
    }
    if (!this.states.has(this.at)) this.at = this.first(data);
    prefetch(this.waiting().slice(0, 3).map((screen) => data.open[screen]?.url).filter(Boolean));
    if (this.isTyping()) this.root.querySelector(".status").replaceWith(statusLine(this.outbox, this.failure));
    else this.hand.whenFree(() => this.draw());
  }

  isTyping() {
    return ["name", "type", "rarity"].includes(this.root.activeElement?.dataset?.focus) && this.chosen() !== null;
  }

  get states() {
    return new Map(this.data.screens.map(([screen, state]) => [screen, this.decided.has(screen) ? "done" : state]));
  }

  first(data) {
    const left = ["open", "begun"].map((state) => data.screens.find((entry) => entry[1] === state)).find(Boolean);
    return (left ?? data.screens[0])?.[0] ?? "";
  }

  /** The screens that are not accepted, as Python orders them, from the one that is looked at on. */
  waiting() {
    const states = this.states;
    const left = (wanted) => [...states].filter(([, state]) => state === wanted).map(([screen]) => screen);
    const queue = [...left("open"), ...left("begun")];
    const here = queue.indexOf(this.at);
    if (here >= 0) return [...queue.slice(here + 1), ...queue.slice(0, here)];
    const keys = [...states.keys()];
    const place = queue.findIndex((screen) => keys.indexOf(screen) > keys.indexOf(this.at));
    return place < 0 ? queue : [...queue.slice(place), ...queue.slice(0, place)];
  }

  fail(failure) {
    if (failure.conflict) this.conflict = { ...failure.conflict, seq: failure.seq };
    else this.failure = failure.text;
    const place = this.past.findIndex((entry) => entry.seq === failure.seq);
    for (const [screen, seq] of this.decided) if (seq === failure.seq) this.decided.delete(screen);
    if (place < 0) return;
    const [entry] = this.past.splice(place, 1);
    this.drafts.set(entry.screen, { ...entry.draft, isTouched: true, seq: undefined });
    this.at = entry.screen;
  }

  // ---- what is thought of a screen

  get screen() {
    return this.data.open[this.at];
  }

  /** The boxes of the screen that is looked at; null until Python has told them. */
  draft() {
    const old = this.drafts.get(this.at);
    if (old && (old.isTouched || old.seq || !this.screen || this.hand?.isHeld)) return old;
    if (!this.screen) return null;
    const told = JSON.stringify(this.screen.boxes);
    if (old?.told === told) return Object.assign(old, { revision: this.data.revision });
    const draft = this.begin(told);
    const before = old?.boxes.find((box) => box.id === old.chosen);
    const same = before && draft.boxes.find((box) => String(box.box) === String(before.box));
    if (old?.boxes.length) draft.chosen = same?.id ?? null;
    this.drafts.set(this.at, draft);
    return draft;
  }

  /** What Python says of the screen, with its first doubtful box chosen. */
  begin(told) {
    const isUnsure = (box) => box.prefilled && box.confidence < SURE;
    const boxes = this.screen.boxes.map((box) => ({ ...box, id: this.next++, isNew: false, isUnsure: isUnsure(box) }));
    const chosen = (this.doubtful(boxes)[0] ?? boxes[0])?.id ?? null;
    return { boxes, chosen, told, isTouched: false, revision: this.data.revision, steps: [], again: [] };
  }

  doubtful(boxes) {
    return boxes.filter((box) => box.isUnsure || !box.name);
  }

  chosen() {
    const draft = this.draft();
    return draft?.boxes.find((box) => box.id === draft.chosen) ?? null;
  }

  /** Change the boxes, so that the change can be taken back. */
  edit(change) {
    const draft = this.draft();
    if (!draft) return;
    draft.steps = [...draft.steps, { boxes: draft.boxes, chosen: draft.chosen }].slice(-MOST_KEPT);
    draft.again = [];
    draft.isTouched = true;
    change(draft);
    this.warned = "";
    this.message = "";
    this.draw();
  }

  choose(id) {
    const draft = this.draft();
    if (draft) draft.chosen = id;
    this.warned = "";
    this.draw();
  }

  change(id, more) {
    this.edit((draft) => {
      draft.boxes = draft.boxes.map((box) => (box.id === id ? { ...box, ...more } : box));
      draft.chosen = id;
    });
  }

  /** A box that was drawn: nobody knows its card yet. */
  add(box) {
    const id = this.next++;
    const card = { id, key: "", box, name: "", type: "", rarity: "", modifier: this.data.ofCatalogue ? "Base" : "", candidates: [], byHand: true };
    this.edit((draft) => {
      draft.boxes = [...draft.boxes, { ...card, prefilled: false, confidence: 0, isNew: false, isUnsure: false }];
      draft.chosen = id;
    });
  }

  remove() {
    const card = this.chosen();
    if (!card) return;
    const order = this.inOrder();
    const after = order[order.indexOf(card) + 1] ?? order[order.indexOf(card) - 1];
    this.edit((draft) => {
      draft.boxes = draft.boxes.filter((box) => box !== card);
      draft.chosen = after?.id ?? null;
    });
  }

  /** What a person says of the chosen card: it is no longer doubtful. */
  sayCard(more) {
    const card = this.chosen();
    if (!card) return this.say("Choose a box first: Tab, or a click.");
    const modifier = card.modifier || (this.data.ofCatalogue ? "Base" : "");
    this.change(card.id, { modifier, ...more, prefilled: false, isUnsure: false });
  }

  name(entry) {
    this.sayCard({ name: entry.name, type: entry.type, rarity: entry.rarity, isNew: false });
  }

  typed(text) {
    const card = this.chosen();
    const known = this.data.names.find((entry) => sameName(entry.name, text));
    const draft = this.draft();
    const more = known ? { name: known.name, type: known.type, rarity: known.rarity } : { name: text };
    draft.isTouched = true;
    draft.boxes = draft.boxes.map((box) => (box === card ? { ...box, ...more, isNew: !known, prefilled: false, isUnsure: false } : box));
    this.warned = "";
  }

  typedMore(what, value) {
    const card = this.chosen();
    const draft = this.draft();
    draft.isTouched = true;
    draft.boxes = draft.boxes.map((box) => (box === card ? { ...box, [what]: value } : box));
  }

  /** Row by row, each from left to right. */
  inOrder() {
    const boxes = [...(this.draft()?.boxes ?? [])].sort((one, two) => one.box[1] + one.box[3] - two.box[1] - two.box[3]);
    const rows = [];
    for (const card of boxes) {
      const row = rows.at(-1);
      const middle = (card.box[1] + card.box[3]) / 2;
      if (row && middle < row[0].box[3] && middle > row[0].box[1]) row.push(card);
      else rows.push([card]);
    }
    return rows.flatMap((row) => row.sort((one, two) => one.box[0] - two.box[0]));
  }

  tab(by, among = this.inOrder()) {
    if (!among.length) return this.say(by === 0 ? "Nothing here is doubtful." : "No box here; draw one with the mouse.");
    const order = this.inOrder();
    const here = order.findIndex((box) => box.id === this.draft().chosen);
    const from = here < 0 ? (by < 0 ? order.length : -1) : here;
    const turned = by < 0 ? [...order.slice(0, from).reverse(), ...order.slice(from).reverse()] : [...order.slice(from + 1), ...order.slice(0, from + 1)];
    this.choose(turned.find((box) => among.includes(box)).id);
  }

  nudge(letter, event) {
    const card = this.chosen();
    if (!card) return;
    const step = event.shiftKey ? STEP : 1;
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[letter];
    const box = event.altKey ? resizedBox(card.box, "se", x, y, this.screen) : movedBox(card.box, x, y, this.screen);
    if (isLarge(box)) this.change(card.id, { box });
  }

  // ---- from screen to screen

  go(screen) {
    if (!screen) return;
    this.at = screen;
    this.message = this.warned = "";
    this.outbox.add("openScreen", { screen });
    this.draw();
  }

  step(by) {
    const keys = [...this.states.keys()];
    const next = by > 0 ? this.waiting()[0] ?? keys[keys.indexOf(this.at) + 1] : keys[keys.indexOf(this.at) - 1];
    if (!next) return this.say(by > 0 ? "This is the last screen." : "This is the first screen.");
    this.go(next);
  }

  accept() {
    const draft = this.draft();
    if (!draft || !this.screen.looked) return this.ask("Its cards are still being looked for; one moment, or draw them yourself.");
    const named = draft.boxes.filter((box) => box.name.trim());
    if (!this.isComplete(draft, named)) return false;
    const next = this.waiting()[0] ?? "";
    const boxes = named.map(({ key, box, name, type, rarity, modifier, isNew }) => ({ key, box, name: name.trim(), type, rarity, modifier, isNew }));
    const seq = this.outbox.add("screen", { revision: draft.revision, screen: this.at, next: next || this.at, boxes });
    this.decided.set(this.at, seq);
    this.past.push({ screen: this.at, draft: { ...draft }, seq });
    draft.seq = seq;
    this.undone = [];
    this.failure = this.message = "";
    if (next) this.at = next;
    else this.isFinished = true;
    this.draw();
    return true;
  }

  /** Whether nothing is left to ask; a box that the program found and nobody named is left out. */
  isComplete(draft, named) {
    const open = draft.boxes.find((box) => box.byHand && !box.name.trim());
    const without = this.data.ofCatalogue && named.find((box) => !box.modifier);
    if (open || without) {
      draft.chosen = (open ?? without).id;
      return this.ask(open ? "Which card is it? Press A, S or D for a candidate, T to type its name, X to remove the box." : "Which modifier? Press 1 to 5.");
    }
    const strange = this.data.ofCatalogue && named.find((box) => !this.data.names.some((entry) => sameName(entry.name, box.name)));
    if (strange && this.warned !== strange.name) {
      draft.chosen = strange.id;
      this.ask(`“${strange.name}” is no card of Balatro. Enter again takes it as a new card.`);
      this.warned = strange.name;
      return false;
    }
    for (const box of named) box.isNew = !this.data.names.some((entry) => sameName(entry.name, box.name));
    return true;
  }

  ask(text) {
    this.say(text);
    return false;
  }

  say(text) {
    this.message = text;
    this.draw();
  }

  /** Accept, and show the next screen with the same boxes. */
  copyOn() {
    const { boxes } = this.draft() ?? { boxes: [] };
    const next = this.waiting()[0];
    if (!next) return this.say("No screen is left to take the boxes to.");
    if (this.accept()) this.paste(boxes);
  }

  copyHere() {
    const keys = [...this.states.keys()];
    const before = keys[keys.indexOf(this.at) - 1];
    const boxes = this.past.findLast((entry) => entry.screen === before)?.draft.boxes ?? this.drafts.get(before)?.boxes ?? this.data.open[before]?.boxes;
    if (!boxes) return this.say("There is no screen before this one.");
    this.paste(boxes);
  }

  paste(boxes) {
    const screen = this.screen;
    if (!screen) return;
    const mine = boxes.filter((box) => box.name.trim()).map((box) => ({ ...box, id: this.next++, key: "", isUnsure: false, box: tidyBox(box.box, screen) }));
    this.edit((draft) => {
      draft.boxes = mine.filter((box) => isLarge(box.box));
      draft.chosen = draft.boxes[0]?.id ?? null;
    });
  }

  // ---- taking back

  undo() {
    const draft = this.draft();
    const step = draft?.steps.pop();
    if (step) {
      draft.again.push({ boxes: draft.boxes, chosen: draft.chosen });
      Object.assign(draft, step);
      return this.say("Taken back.");
    }
    const entry = this.past.pop();
    if (!entry && !this.data.canUndo && !this.outbox.saving) return this.say("Nothing to take back.");
    const seq = this.outbox.add("undo");
    if (entry) {
      this.undone.push(entry);
      this.decided.delete(entry.screen);
      this.drafts.set(entry.screen, { ...entry.draft, isTouched: true, seq: undefined });
      this.isFinished = false;
      this.go(entry.screen);
    }
    this.say(entry ? "Taken back." : "Taking back the edit before …");
  }

  redo() {
    const draft = this.draft();
    const step = draft?.again.pop();
    if (step) {
      draft.steps.push({ boxes: draft.boxes, chosen: draft.chosen });
      Object.assign(draft, step);
      return this.say("Done again.");
    }
    const entry = this.undone.pop();
    if (!entry && !this.data.canRedo && !this.outbox.saving) return this.say("Nothing to do again.");
    const seq = this.outbox.add("redo");
    if (entry) {
      this.drafts.set(entry.screen, { ...entry.draft, seq });
      this.decided.set(entry.screen, seq);
      this.past.push({ ...entry, seq });
    }
    this.say("Done again.");
  }
}
