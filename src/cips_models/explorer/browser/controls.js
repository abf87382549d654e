"use strict";
/* What the reader chooses and moves: made once, filled anew when the language changes. */

const CHOICES = {
  changes: ["country", "factor", "group", "scale", "waves"],
  effects: ["group", "scale"],
  about: [],
};
const DIALS = { changes: ["margin", "share", "certain"], effects: ["worth", "equivalent"], about: [] };

function optionsOf(name) {
  const { about } = facts;
  const same = (labels) => labels.map((label) => [label, term(label)]);
  if (name === "country") return [["", say("all_countries")], ...same(about.countries)];
  if (name === "factor") return [["", say("all_factors")], ...same(about.factors)];
  if (name === "group") return about.groups.map((label) => [label, capital(term(label))]);
  if (name === "scale") return SCALES.map((scale) => [scale, words().scales[scale].quantity]);
  return pairsOfWaves().map(([from, to], i) => [String(i), say("between", { first: from, last: to })]);
}

function chosen(name) {
  if (name !== "waves") return state[name];
  return String(pairsOfWaves().findIndex(([from, to]) => from === state.from && to === state.to));
}

function choice(name) {
  const select = make("select", {
    id: `choose-${name}`,
    change: ({ target }) => {
      const [from, to] = name === "waves" ? pairsOfWaves()[Number(target.value)] : [];
      choose(name === "waves" ? { from, to } : { [name]: target.value });
    },
  }, optionsOf(name).map(([value, text]) => make("option", { value, selected: value === chosen(name) }, text)));
  return make("p", { class: "choice" }, make("label", { for: select.id }, say(name)), select);
}

/* A number, typed or slid. */
function dial(name) {
  const [least, most, step] = limits(name, state.scale);
  const id = `move-${name}`;
  const common = { min: least, max: most, step, value: state[name] };
  const help = { margin: say("margin_help", { unit: unit() }), share: say("share_help"), certain: say("certain_help") }[name] || unit();
  const number = make("input", { type: "number", id, "aria-describedby": `${id}-help`, inputmode: "decimal", ...common, input: moved });
  const slider = make("input", { type: "range", "aria-label": say(name), ...common, input: moved });
  function moved({ target }) {
    if (!target.validity.valid || target.value === "") return;
    for (const other of [number, slider]) if (other !== target) other.value = target.value;
    move({ [name]: Number(target.value) });
    showResults();
  }
  return make("p", { class: "dial" }, make("label", { for: id }, say(name)), number, slider,
    make("span", { class: "soft", id: `${id}-help` }, help));
}

function showControls() {
  const form = document.getElementById("controls");
  const dials = DIALS[state.view];
  form.hidden = !CHOICES[state.view].length;
  refill(form,
    make("h2", {}, say("choose")),
    make("div", { class: "choices" }, CHOICES[state.view].filter((name) => name !== "waves" || pairsOfWaves().length).map(choice)),
    make("div", { class: "dials" }, dials.map(dial),
      dials.length ? make("button", { type: "button", class: "quiet", id: "reset", click: () => choose(Object.fromEntries(dials.map((name) => [name, beginningOf(name)]))) }, say("reset")) : null));
}

/* New content; what had the focus has it still. */
function refill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children);
  if (focused) document.getElementById(focused)?.focus();
}

function beginningOf(name) {
  return { ...beginning(), ...movable(state.scale) }[name];
}

function showMasthead() {
  const select = make("select", { id: "language", change: ({ target }) => choose({ language: target.value }) },
    Object.entries(facts.words).map(([code, { name }]) => make("option", { value: code, lang: code, selected: code === state.language }, name)));
  refill(document.getElementById("masthead"),
    make("div", {}, make("p", { class: "kind" }, say("kind")), make("h1", {}, make("bdi", {}, facts.about.name))),
    Object.keys(facts.words).length > 1 ? make("p", { class: "choice" }, make("label", { for: "language" }, say("language")), select) : "");
  const { banners } = words();
  const { about } = facts;
  const banner = (name, failed, text) => make("div", { class: `banner${failed ? " failed" : ""}`, role: failed ? "alert" : "note" },
    make("p", {}, make("strong", {}, banners[name][0]), " ", text));
  document.getElementById("banners").replaceChildren(...[
    about.passed ? null : banner("failed", true, fill(banners.failed[1], { list: series(about.failed) })),
    about.synthetic ? banner("synthetic", false, banners.synthetic[1]) : null,
    about.assumption ? banner("assumed", false, about.assumption) : null,
  ].filter(Boolean));
  document.getElementById("chapters").setAttribute("aria-label", say("chapters"));
  document.getElementById("chapters").replaceChildren(make("ul", {}, CHAPTERS.map((view) =>
    make("li", {}, make("a", { href: addressOf({ view }), "aria-current": view === state.view ? "page" : null }, say(view))))));
}
