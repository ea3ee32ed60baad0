// "This is wrong" under each card: what it really is, kept on the server's machine as a mistake, or added to the model.
"use strict";

/** A button, and behind it the form. readAs: how the picture was read; `taught(entry)` when the card was added. */
function wrongPart(card, readAs, taught) {
  const part = make("div", "wrong");
  const open = make("button", "quiet", card.known ? "This is wrong" : "This is a card");
  open.type = "button";
  const form = wrongForm(card, readAs, taught, (said) => {
    form.hidden = true;
    open.setAttribute("aria-expanded", "false");
    told.textContent = said;
    open.focus();
  });
  form.hidden = true;
  open.setAttribute("aria-expanded", "false");
  open.addEventListener("click", () => {
    form.hidden = !form.hidden;
    open.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    form.querySelector("input").focus();
    form.scrollIntoView({ block: "nearest" });
  });
  const told = make("p", "told");
  part.append(open, told, form);
  return part;
}

function wrongForm(card, readAs, taught, kept) {
  const form = make("form");
  const name = make("input");
  Object.assign(name, { type: "text", required: true, maxLength: 80, autocomplete: "off", placeholder: "Its name" });
  name.setAttribute("list", "names");
  name.setAttribute("aria-label", "Name of this card");
  const look = make("select");
  look.setAttribute("aria-label", "Its modifier");
  look.append(...modifiers.map((one) => new Option(one)));
  look.value = card.modifier || modifiers[0];
  look.hidden = !modifiers.length; // of a game that has none
  const tick = make("label", "tick");
  const toLabel = make("input");
  toLabel.type = "checkbox";
  tick.append(toLabel, "Also keep the card as a picture to label");
  const buttons = make("div", "row");
  const nothing = make("button", "", "It is no card");
  const add = make("button", "", "Add this card");
  nothing.type = add.type = "button";
  buttons.append(make("button", "main", "Keep the mistake"));
  if (card.known) buttons.append(nothing);
  if (find("picture").naturalWidth) buttons.append(add); // a picture that this browser shows: it cuts the card out
  const about = "A mistake is kept on the server's machine, and every new model is tried on it. A card that is added is known at once.";
  form.append(make("p", "", "What is it really?"), name, look, tick, buttons, make("p", "about", about));
  const send = async (work) => {
    for (const one of buttons.children) one.disabled = true;
    try {
      await work();
    } catch (error) {
      say("", error.message);
    } finally {
      for (const one of buttons.children) one.disabled = false;
    }
  };
  const report = (right) => send(async () => kept(await keepMistake(card, readAs, right, toLabel.checked)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    report({ name: name.value.trim(), modifier: modifiers.length ? look.value : "" });
  });
  nothing.addEventListener("click", () => report({ name: "", modifier: "" }));
  add.addEventListener("click", () => {
    if (form.reportValidity()) send(async () => taught(await teach(card, name.value, look.value)));
  });
  return form;
}

/** Send the picture on the page with what is right; what became of it, in words. */
async function keepMistake(card, readAs, { name, modifier }, toLabel) {
  const body = new FormData();
  const [x, y] = [0, 1].map((axis) => card.quad.reduce((sum, corner) => sum + corner[axis], 0) / card.quad.length);
  const within = (value, size) => Math.min(Math.max(Math.floor(value), 0), size - 1);
  body.append("at", `${within(x, shown.width)},${within(y, shown.height)}`);
  body.append("name", name);
  body.append("modifier", modifier);
  body.append("whole", readAs);
  body.append("note", `was read as ${card.name ?? "no known card"}${card.modifier ? `, ${card.modifier}` : ""}`);
  body.append("to_label", String(toLabel));
  body.append("image", file, file.name || "picture.png");
  const { case: number, label } = await ask("mistakes", { method: "POST", body });
  const known = !name || [...find("names").options].some((one) => one.value.toLowerCase() === name.toLowerCase());
  const told = [
    `Kept as case ${number}: ${name || "no card"}.`,
    known ? "" : "This model knows no card of that name.",
    label ? `${label[0].toUpperCase()}${label.slice(1)}.` : "",
  ];
  say(told.filter(Boolean).join(" "));
  return told.filter(Boolean).join(" ");
}
