// The page of `balatro serve`: a picture in, its cards drawn over it. Everything is asked of this server, nothing of another.
"use strict";

const SURE = 0.9; // below it a name is drawn as doubtful
const TOKEN = "balatro-token";
const find = (id) => document.getElementById(id);
const percent = (share) => `${(share * 100).toFixed(share >= 0.9995 ? 0 : 1)} %`;

let shown = null; // the answer on the page
let url = null; // of the picture on the page
let file = null; // that picture
let readAs = "auto"; // how it was read
let modifiers = []; // that a card may have
let asking = 0; // number of the newest request: older answers are not shown any more

function make(tag, className, text) {
  const one = document.createElement(tag);
  if (className) one.className = className;
  if (text !== undefined) one.textContent = text;
  return one;
}

function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

function say(status, problem = "") {
  find("status").textContent = status;
  find("problem").textContent = problem;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { ...headers(), ...options.headers } });
  find("token-form").hidden = answer.status !== 401;
  const text = await answer.json().catch(() => ({ error: `the server answered ${answer.status}` }));
  if (!answer.ok) throw new Error(text.error);
  return text;
}

async function introduce() {
  try {
    const info = await ask("info");
    find("model").textContent = `Names ${info.cards} cards, with the model ${info.model}.`;
    if (!info.balatro) speakOf(info.deck);
    const classes = await ask("classes");
    modifiers = classes.modifiers;
    find("names").replaceChildren(...classes.cards.filter((card) => card.known).map((card) => new Option("", card.name)));
    await listAdded();
    if (!asking) say(""); // whoever was quicker reads about the picture by now
  } catch (error) {
    say("", error.message);
  }
}

/** The page's words where the cards are another game's. */
function speakOf(deck) {
  document.title = `${deck}: name the cards of a picture`;
  document.querySelector("h1").textContent = deck;
  find("lead").textContent = "Drop, paste or choose a photograph or a scan";
  find("screen").textContent = "cards that stand upright";
}

async function read(chosen) {
  if (!chosen) return;
  const number = ++asking;
  say(`Reading ${chosen.name || "the picture"} …`);
  try {
    const whole = find("whole").value;
    const form = new FormData();
    form.append("image", chosen, chosen.name || "picture.png");
    const answer = await ask(`identify?whole=${whole}`, { method: "POST", body: form });
    if (number === asking) await show(chosen, answer, whole);
  } catch (error) {
    if (number === asking) say("", `${chosen.name || "The picture"}: ${error.message}`);
  }
}

async function show(chosen, answer, whole) {
  const old = url;
  readAs = whole;
  file = chosen;
  url = URL.createObjectURL(file);
  const picture = find("picture");
  picture.src = url;
  await picture.decode().catch(() => {});
  if (old) URL.revokeObjectURL(old);
  shown = answer;
  const known = answer.cards.filter((card) => card.known);
  const others = answer.cards.filter((card) => !card.known);
  picture.alt = `The picture ${answer.file}, with ${counted(known.length, "card")}`;
  find("stage").hidden = !picture.naturalWidth; // a format that is read here, but not by this browser
  draw(answer, [...known, ...others]);
  find("cards").replaceChildren(...known.map((card, index) => entry(card, index)));
  find("other-cards").replaceChildren(...others.map((card, index) => entry(card, known.length + index)));
  find("others").hidden = !others.length;
  find("others-count").textContent = `${counted(others.length, "more thing")} like a card, none of the known ones`;
  find("result").hidden = false;
  find("drop").classList.remove("empty");
  const names = known.map((card) => card.name).join(", ");
  say(known.length ? `${counted(known.length, "card")}: ${names}.` : "No known card was found in this picture.");
}

const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;

function draw(answer, cards) {
  const outlines = find("outlines");
  outlines.setAttribute("viewBox", `0 0 ${answer.width} ${answer.height}`);
  outlines.setAttribute("preserveAspectRatio", "none");
  const polygon = (card, className) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    one.setAttribute("points", card.quad.map((corner) => corner.join(",")).join(" "));
    one.setAttribute("class", className);
    return one;
  };
  const lines = [];
  const badges = [];
  cards.forEach((card, index) => {
    if (card.known) lines.push(polygon(card, "under"));
    const line = polygon(card, `${tone(card)}${card.known && card.confidence < SURE ? " doubtful" : ""}`);
    line.dataset.card = index;
    line.addEventListener("pointerenter", () => mark(index));
    line.addEventListener("pointerleave", () => mark(-1));
    line.addEventListener("click", () => open(index));
    lines.push(line);
    const badge = make("span", tone(card), String(index + 1));
    badge.dataset.card = index;
    badge.style.left = `${((card.box[0] + card.box[2]) / 2 / answer.width) * 100}%`;
    badge.style.top = `${((0.88 * card.box[3] + 0.12 * card.box[1]) / answer.height) * 100}%`;
    badges.push(badge);
  });
  outlines.replaceChildren(...lines);
  find("badges").replaceChildren(...badges);
}

const tone = (card) => (card.known ? card.modifier || "Base" : "unknown");

/** One card of the list: a button that says what it is, and opens what else it may be. */
function entry(card, index) {
  const item = make("li", `entry ${tone(card)}`);
  item.dataset.card = index;
  const button = make("button", "card");
  button.type = "button";
  const doubtful = card.known && card.confidence < SURE;
  const changed = card.known && card.modifier && card.modifier !== "Base";
  const about = [
    doubtful ? "doubtful" : "",
    changed ? `${card.modifier} (${percent(card.modifier_confidence)})` : "",
    card.type,
    card.rarity,
    ...Object.values(card.fields ?? {}),
    card.printings ? `one of ${card.printings.length} printings` : "",
    card.known ? "" : "perhaps no card",
  ];
  button.append(make("span", "number", String(index + 1)), make("span", "name", card.name ?? "Unknown"));
  button.append(make("span", "sure", card.known ? percent(card.confidence) : ""));
  button.append(make("span", "about", about.filter(Boolean).join(" · ")));
  const more = make("div", "more");
  more.id = `more-${index}`;
  const guesses = make("ol", "guesses");
  guesses.setAttribute("aria-label", "The likeliest cards");
  const printings = (card.printings ?? []).map((one) => ({ ...one, name: Object.values(one.fields).join(" ") || one.id }));
  guesses.append(...printings.map(guessLine), ...card.top.map(guessLine));
  more.append(guesses);
  more.append(wrongPart(card, readAs, taught));
  button.setAttribute("aria-controls", more.id);
  const show = (yes) => {
    more.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
  };
  button.addEventListener("click", () => show(more.hidden));
  for (const event of ["pointerenter", "focusin"]) item.addEventListener(event, () => mark(index));
  for (const event of ["pointerleave", "focusout"]) item.addEventListener(event, () => mark(-1));
  show(doubtful);
  item.append(button, more);
  return item;
}

/** Open a card of the list, from the picture. */
function open(index) {
  const item = document.querySelector(`.entry[data-card="${index}"]`);
  item.closest("details")?.setAttribute("open", "");
  const button = item.querySelector("button");
  if (button.getAttribute("aria-expanded") !== "true") button.click();
  button.focus();
}

async function taught(card) {
  await introduce();
  await read(file);
  say(`${card.name} was added, and the picture read again. ${find("status").textContent}`);
}

function guessLine(guess) {
  const line = make("li", "guess");
  const meter = make("meter");
  meter.min = 0;
  meter.max = 1;
  meter.value = guess.confidence;
  meter.setAttribute("aria-hidden", "true");
  line.append(make("span", "", guess.name), meter, make("span", "", percent(guess.confidence)));
  return line;
}

function mark(index) {
  for (const one of document.querySelectorAll("[data-card]")) one.classList.toggle("on", Number(one.dataset.card) === index);
}

function listen() {
  for (const [button, input] of [["choose", "file"], ["take", "camera"]]) {
    find(button).addEventListener("click", () => find(input).click());
    find(input).addEventListener("change", (event) => {
      read(event.target.files[0]);
      event.target.value = ""; // the same file may be chosen again
    });
  }
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (file) read(file);
  });
  const drop = find("drop");
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    read(event.dataTransfer.files[0]);
  });
  find("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(TOKEN, find("token").value.trim());
    introduce();
  });
  find("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(shown, null, 1));
      say("Copied.");
    } catch {
      say("", "The browser does not let this page copy; it does on https or localhost.");
    }
  });
}

const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(TOKEN, given);
  history.replaceState(null, "", location.pathname);
}
find("drop").classList.add("empty");
listen();
introduce();
