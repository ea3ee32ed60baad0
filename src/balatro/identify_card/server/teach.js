// Cards added without training: one of the picture on the page, and the list of what was added.
"use strict";

const EDGE = 0.05; // left around a card that is cut out of the picture, as a share of its size

/** Add the card as it is in the picture on the page, under this name; the entry that it has then. */
async function teach(card, name, modifier) {
  const body = new FormData();
  body.append("name", name);
  if (modifiers.length) body.append("modifier", modifier);
  body.append("images", await cutOut(card, find("picture")), "card.png");
  return ask("gallery", { method: "POST", body });
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
