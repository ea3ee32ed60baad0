// Cards added without training: "wrong name?" under each card, and the list of what was added.
"use strict";

const EDGE = 0.05; // left around a card that is cut out of the picture, as a share of its size

/** A form that adds the card as it is in the picture on the page; `done(entry)` when it was. */
function teachForm(card, picture, done) {
  const form = make("form", "teach");
  const name = make("input");
  Object.assign(name, { type: "text", required: true, maxLength: 80, autocomplete: "off", placeholder: "Its name" });
  name.setAttribute("list", "names");
  name.setAttribute("aria-label", "Name of this card");
  const look = make("select");
  look.setAttribute("aria-label", "Its modifier");
  look.append(...modifiers.map((one) => new Option(one)));
  look.value = card.modifier || modifiers[0];
  look.hidden = !modifiers.length; // of a game that has none
  const button = make("button", "", "Add this card");
  form.append(make("p", "", card.known ? "Not this card? Say which it is:" : "Is it a card? Say which:"), name, look, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const body = new FormData();
      body.append("name", name.value);
      if (modifiers.length) body.append("modifier", look.value);
      body.append("images", await cutOut(card, picture), "card.png");
      done(await ask("gallery", { method: "POST", body }));
    } catch (error) {
      say("", `${name.value}: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

/** The card's upright box in the picture, and a little around it, as PNG. */
function cutOut(card, picture) {
  const [left, top, right, bottom] = card.box;
  const [wide, high] = [right - left, bottom - top];
  const canvas = make("canvas");
  canvas.width = Math.round(wide * (1 + 2 * EDGE));
  canvas.height = Math.round(high * (1 + 2 * EDGE));
  canvas.getContext("2d").drawImage(picture, Math.round(EDGE * wide) - left, Math.round(EDGE * high) - top);
  return new Promise((give, fail) => canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("cannot be cut out"))), "image/png"));
}

/** List what was added, each with a button that takes it out again. */
async function listAdded() {
  const { cards } = await ask("gallery");
  find("added").hidden = !cards.length;
  find("added-count").textContent = `${cards.length} added ${cards.length === 1 ? "card" : "cards"}`;
  find("added-cards").replaceChildren(
    ...cards.map((card) => {
      const item = make("li");
      const button = make("button", "", "Remove");
      button.type = "button";
      button.setAttribute("aria-label", `Remove ${card.name}`);
      button.addEventListener("click", () => remove(card));
      const pictures = `${card.pictures} ${card.pictures === 1 ? "picture" : "pictures"}`;
      item.append(make("span", "name", card.name), make("span", "about", pictures), button);
      return item;
    }),
  );
}

async function remove(card) {
  try {
    await ask(`gallery/${encodeURIComponent(card.id)}`, { method: "DELETE" });
    await introduce();
    say(`${card.name} was removed.`);
    find("added").hidden ? find("choose").focus() : find("added-count").focus();
  } catch (error) {
    say("", error.message);
  }
}
