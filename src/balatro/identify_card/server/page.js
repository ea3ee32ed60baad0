// The page of `balatro serve`: a picture in, its cards drawn over it. Everything is asked of this server, nothing of another.
"use strict";

const SURE = 0.9; // below it a name is drawn as doubtful
const TOKEN = "balatro-token";
const find = (id) => document.getElementById(id);
const percent = (share) => `${(share * 100).toFixed(share >= 0.9995 ? 0 : 1)} %`;

let shown = null; // the answer on the page
let url = null; // of the picture on the page
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
    say("");
  } catch (error) {
    say("", error.message);
  }
}

async function read(file) {
  if (!file) return;
  const number = ++asking;
  say(`Reading ${file.name || "the picture"} …`);
  try {
    const whole = find("whole").value;
    const form = new FormData();
    form.append("image", file, file.name || "picture.png");
    const answer = await ask(`identify?whole=${whole}`, { method: "POST", body: form });
    if (number === asking) await show(file, answer);
  } catch (error) {
    if (number === asking) say("", `${file.name || "The picture"}: ${error.message}`);
  }
}

async function show(file, answer) {
  const old = url;
  url = URL.createObjectURL(file);
  const picture = find("picture");
  picture.src = url;
  await picture.decode().catch(() => {});
  if (old) URL.revokeObjectURL(old);
  shown = answer;
  const cards = answer.cards.filter((card) => card.known);
  const others = answer.cards.filter((card) => !card.known);
  picture.alt = `The picture ${answer.file}, with ${cards.length} cards`;
  find("stage").hidden = !picture.naturalWidth; // a format that is read here, but not by this browser
  draw(answer, cards, others);
  find("cards").replaceChildren(...cards.map(entry));
  find("others").textContent = others.length
    ? `${others.length} more ${others.length === 1 ? "thing looks" : "things look"} like a card, and ${others.length === 1 ? "is" : "are"} none of the known ones.`
    : "";
  find("result").hidden = false;
  find("drop").classList.remove("empty");
  const names = cards.map((card) => card.name).join(", ");
  say(cards.length ? `${cards.length} ${cards.length === 1 ? "card" : "cards"}: ${names}.` : "No known card was found in this picture.");
}

function draw(answer, cards, others) {
  const outlines = find("outlines");
  outlines.setAttribute("viewBox", `0 0 ${answer.width} ${answer.height}`);
  outlines.setAttribute("preserveAspectRatio", "none");
  const polygon = (card, className) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    one.setAttribute("points", card.quad.map((corner) => corner.join(",")).join(" "));
    one.setAttribute("class", className);
    return one;
  };
  const lines = others.map((card) => polygon(card, "unknown"));
  const badges = [];
  cards.forEach((card, index) => {
    lines.push(polygon(card, "under"));
    const line = polygon(card, `${tone(card)}${card.confidence < SURE ? " doubtful" : ""}`);
    line.dataset.card = index;
    line.addEventListener("pointerenter", () => mark(index));
    line.addEventListener("pointerleave", () => mark(-1));
    line.addEventListener("click", () => find("cards").children[index].firstChild.focus());
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

const tone = (card) => card.modifier || "Base";

function entry(card, index) {
  const item = make("li");
  const button = make("button", `card ${tone(card)}`);
  button.type = "button";
  button.dataset.card = index;
  button.setAttribute("aria-expanded", "false");
  const number = make("span", "number", String(index + 1));
  const about = [card.modifier && card.modifier !== "Base" ? `${card.modifier} (${percent(card.modifier_confidence)})` : "", card.type, card.rarity];
  const doubtful = card.confidence < SURE ? "doubtful" : "";
  const guesses = make("span", "guesses");
  guesses.hidden = true;
  guesses.append(...card.top.map(guessLine));
  button.append(number, make("span", "name", card.name), make("span", "sure", percent(card.confidence)));
  button.append(make("span", "about", [doubtful, ...about].filter(Boolean).join(" · ")), guesses);
  const open = (yes) => {
    guesses.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
  };
  button.addEventListener("click", () => open(guesses.hidden));
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => mark(index));
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => mark(-1));
  if (doubtful) open(true);
  item.append(button);
  return item;
}

function guessLine(guess) {
  const line = make("span", "guess");
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
