// What both boards that name cards have: candidates to choose from, and fields for name, type and rarity.

const CANDIDATE_KEYS = ["a", "s", "d"];
const UNLIKELY = 0.05; // a candidate below this is shown faintly

/** A card that it may be, chosen by a click or its key. */
function candidateButton(candidate, place, name, choose) {
  const chosen = sameName(candidate.name, name);
  const key = CANDIDATE_KEYS[place].toUpperCase();
  return h(
    "button",
    {
      type: "button",
      class: `candidate ${chosen ? "chosen" : ""} ${candidate.confidence < UNLIKELY && !candidate.sameCluster ? "unlikely" : ""}`,
      "aria-pressed": String(chosen),
      "aria-label": `${candidate.name}, ${candidate.sameCluster ? "in the same cluster" : percent(candidate.confidence)}, key ${key}`,
      "data-focus": `candidate-${place}`,
      onclick: choose,
    },
    candidate.url ? h("img", { src: candidate.url, alt: "" }) : h("span", { class: "blank", "aria-hidden": "true" }, "?"),
    h(
      "span",
      { class: "about" },
      h("strong", {}, candidate.name),
      h("small", {}, [candidate.type, candidate.rarity].filter(Boolean).join(" · ")),
      h("span", { class: "bar", style: `--share: ${Math.round(100 * candidate.confidence)}%` }, candidate.sameCluster ? "same cluster" : percent(candidate.confidence)),
    ),
    h("kbd", {}, key),
  );
}

/** Name, type and rarity of a card; the latter two may be typed where they do not follow from the name. */
function namedFields({ card, data, isPrefilled, choose, typed, changed, leave }) {
  const field = nameField({ value: card.name, names: data.names, marked: isPrefilled, choose, typed, leave });
  const known = data.names.find((entry) => sameName(entry.name, card.name));
  const free = !data.ofCatalogue || (card.name && !known);
  const follow = (what) =>
    h("input", {
      type: "text",
      value: card[what],
      placeholder: what === "type" ? "Type" : "Rarity",
      list: `${what}-list`,
      "aria-label": what === "type" ? "Type" : "Rarity",
      "data-focus": what,
      readonly: !free,
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key === "Enter" || event.key === "Escape") event.target.blur();
      },
      oninput: (event) => changed(what, event.target.value),
    });
  return h(
    "div",
    { class: "named" },
    h("label", {}, h("span", {}, "Name", h("em", { class: "mark" }, "suggested")), field.root),
    h("label", {}, h("span", {}, "Type"), follow("type")),
    h("label", {}, h("span", {}, "Rarity"), follow("rarity")),
    ["type", "rarity"].map((what) =>
      h("datalist", { id: `${what}-list` }, data[what === "type" ? "types" : "rarities"].map((value) => h("option", { value }))),
    ),
  );
}
