"use strict";
/* What the reader has chosen.  It stands in the address, so that a view can be kept and shared. */

const CHAPTERS = ["changes", "effects", "about"];
const SCALES = ["percent", "score", "latent"];

let state;

function beginning() {
  const { about } = facts;
  const pair = pairsOfWaves()[0] || ["", ""];
  return {
    view: "changes", country: "", factor: "", group: about.groups[0], scale: "percent",
    from: pair[0], to: pair[1], ...movable("percent"), share: 75, certain: 0.9,
    language: spoken(),
  };
}

/* Numbers that are moved by hand, as the run and the study have them, in points. */
function movable(scale) {
  return scale === "percent" ? { ...facts.about.start } : { margin: 0, worth: 0, equivalent: scale === "latent" ? 0.05 : 1 };
}

/* Of the languages that the reader's browser prefers, the first that this page speaks. */
function spoken() {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]);
  return wanted.find((code) => code in facts.words) || facts.about.language;
}

function pairsOfWaves() {
  return facts.blocks.filter((block) => block.name === "change").map(({ about }) => [about.from, about.to]);
}

/* What each part of the state may be; anything else in an address is passed over. */
function allowed(name, value, chosen) {
  const { about } = facts;
  const labels = {
    view: CHAPTERS, country: ["", ...about.countries], factor: ["", ...about.factors],
    group: about.groups, scale: SCALES, language: Object.keys(facts.words),
    from: pairsOfWaves().map((pair) => pair[0]), to: pairsOfWaves().map((pair) => pair[1]),
  };
  if (name in labels) return labels[name].includes(value);
  const [least, most] = limits(name, chosen.scale);
  return value !== "" && Number(value) >= least && Number(value) <= most;
}

/* Least, most and step of a number that can be moved. */
function limits(name, scale) {
  if (name === "share") return [0, 100, 1];
  if (name === "certain") return [0.5, 0.99, 0.01];
  return scale === "latent" ? [0, 1, 0.01] : [0, 20, 0.5];
}

function fromAddress() {
  const start = beginning();
  const given = new URLSearchParams(location.hash.slice(1));
  if (allowed("scale", given.get("scale"), start)) Object.assign(start, movable(given.get("scale")));
  for (const [name, value] of Object.entries(start)) {
    const told = given.get(name);
    const scale = { scale: given.get("scale") || start.scale };
    if (told !== null && allowed(name, told, scale)) start[name] = typeof value === "number" ? Number(told) : told;
  }
  const pairs = pairsOfWaves();
  if (pairs.length && !pairs.some(([from, to]) => from === start.from && to === start.to)) [start.from, start.to] = pairs[0];
  return start;
}

/* The address of a view: what differs from the beginning. */
function addressOf(changed) {
  const wanted = { ...state, ...changed };
  const start = { ...beginning(), ...movable(wanted.scale) };
  const told = Object.entries(wanted).filter(([name, value]) => value !== start[name]);
  return `#${new URLSearchParams(told)}`;
}

/* A choice is a step that the browser's Back undoes; a number that is moved is none. */
function choose(changed) {
  const address = addressOf({ ...("scale" in changed ? movable(changed.scale) : {}), ...changed });
  if (address === location.hash || (address === "#" && !location.hash)) return;
  location.hash = address;
}

function move(changed) {
  history.replaceState(null, "", addressOf(changed));
  state = { ...state, ...changed };
}
