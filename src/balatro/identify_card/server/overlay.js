// The overlay of `balatro serve`, for stream software: the state that was seen last, as text on nothing.
// ?show=jokers,consumables,hand,played,shop,money,score,… what is shown, in this order; ?every=500 milliseconds between two looks.
"use strict";

const query = new URLSearchParams(location.search);
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const every = Math.max(100, Number(query.get("every")) || 500);
const SUITS = { Hearts: "♥", Clubs: "♣", Diamonds: "♦", Spades: "♠" };

function make(tag, className, ...inside) {
  const one = document.createElement(tag);
  if (className) one.className = className;
  one.append(...inside.filter((part) => part !== null && part !== undefined && part !== ""));
  return one;
}

const number = (value) => (value < 1e11 ? value.toLocaleString("en") : value.toExponential(3).replace("+", ""));
const small = (text) => (text ? make("small", "", text) : null);

// Cards.

function card(one) {
  if ("suit" in one) return playing(one);
  const modifier = one.modifier && one.modifier !== "Base" ? one.modifier : "";
  const more = [modifier, ...(one.stickers || [])].filter(Boolean).join(" · ");
  const classes = ["card", one.known ? one.modifier || "Base" : "unknown", one.debuffed ? "debuffed" : ""];
  return make("li", classes.join(" ").trim(), make("span", "name", one.name || "unknown"), small(more), price(one));
}

function playing(one) {
  const rank = one.rank ? (one.rank.length > 2 ? one.rank[0] : one.rank) : one.enhancement === "Stone" ? "" : "?";
  const face = one.face_down ? "face down" : rank + (SUITS[one.suit] || "");
  const modifier = one.modifier && one.modifier !== "Base" ? one.modifier : "";
  const more = [one.enhancement, modifier, one.seal && `${one.seal} seal`].filter(Boolean).join(" · ");
  const classes = ["playing", modifier, one.raised ? "raised" : "", one.debuffed ? "debuffed" : ""];
  return make("li", classes.join(" ").trim(), make("span", `name ${one.suit || ""}`, face), small(more), price(one));
}

const price = (one) => (one.price === null || one.price === undefined ? null : make("small", "money", `$${one.price}`));

// Parts: null where the state does not tell.

const cards = (title, some) => some && some.length && section(title, some.map(card), "row");
const facts = (...some) => some.some(Boolean) && section("", some.filter(Boolean));

function section(title, items, className = "") {
  return make("section", "", title ? make("h2", "", title) : null, make("ul", className, ...items));
}

function fact(label, value, className = "") {
  if (value === null || value === undefined) return null;
  const said = typeof value === "number" ? number(value) : value;
  return make("li", "", label ? make("span", "label", label) : null, make("span", className, said));
}

function counted(value, of) {
  if (value === null || value === undefined) return null;
  return of === null || of === undefined ? String(value) : `${value}/${of}`;
}

const PARTS = {
  jokers: (table) => cards("Jokers", table.jokers),
  consumables: (table) => cards("Consumables", table.consumables),
  hand: (table) => cards("Hand", table.hand),
  played: (table) => cards("Played", table.played),
  pack: (table) => table.pack && cards(table.pack.name || "Pack", table.pack.cards),
  shop: (table) => table.shop && shop(table.shop),
  money: (table) => fact("money", table.money === null ? null : `$${number(table.money)}`, "money"),
  score: (table) => fact("score", table.score),
  ante: (table) => fact("ante", counted(table.ante, table.antes)),
  round: (table) => fact("round", table.round),
  hands: (table) => fact("hands", table.hands),
  discards: (table) => fact("discards", table.discards),
  blind: (table) => table.blind && fact(table.blind.name || "blind", table.blind.score_at_least),
  type: (table) => fact("", table.hand_type),
  chips: (table) => fact("chips", table.chips, "chips"),
  mult: (table) => fact("mult", table.mult, "mult"),
  deck: (table) => table.deck && fact(table.deck.back || "deck", counted(table.deck.left, table.deck.of)),
  tags: (table) => table.tags && fact("tags", table.tags.join(", ")),
  stake: (table) => fact("", table.stake),
};

function shop(one) {
  const offers = [...one.vouchers, ...one.packs].filter((offer) => offer.name);
  const others = offers.map((offer) => make("li", "", make("span", "name", offer.name), price(offer)));
  const all = [...one.cards.map(card), ...others];
  return all.length ? section("Shop", all, "row") : null;
}

// What is shown: parts that are facts share a line with their neighbours.

const wanted = (query.get("show") || "jokers,consumables").split(",").map((name) => name.trim());
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));

function draw(table) {
  const drawn = [];
  let line = [];
  for (const name of wanted.filter((one) => Object.hasOwn(PARTS, one))) {
    const part = PARTS[name](table);
    if (part && part.tagName === "LI") line.push(part);
    else if (part) {
      drawn.push(facts(...line), part);
      line = [];
    }
  }
  drawn.push(facts(...line));
  document.getElementById("overlay").replaceChildren(...drawn.filter(Boolean));
}

function say(problem) {
  const place = document.getElementById("problem");
  place.hidden = !problem;
  place.textContent = problem;
}

let shown = -1;

async function look() {
  try {
    const answer = await fetch("state", { headers: token ? { Authorization: `Bearer ${token}` } : {}, cache: "no-store" });
    const state = await answer.json();
    if (!answer.ok) throw new Error(answer.status === 401 ? "put the token behind the address: /overlay#token=…" : state.error);
    if (state.number !== shown && state.table) draw(state.table);
    shown = state.number;
    say(unknown.length ? `?show: no ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}` : "");
  } catch (error) {
    say(error instanceof TypeError ? "the server does not answer" : error.message);
  }
  setTimeout(look, every);
}

look();
