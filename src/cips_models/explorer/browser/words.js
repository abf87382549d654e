"use strict";
/* Words and numbers in the reader's language. */

const NONE = "–";

function words() {
  return facts.words[state.language];
}

/* A message, its places filled; labels are kept from turning the words beside them. */
function say(name, places = {}) {
  return fill(words().messages[name], places);
}

/* A formula is read from left to right, in any language; no line ends within "> 0" or "75 %". */
function formula(name, places) {
  return leftToRight(say(name, places).replace(/([<>]) /g, "$1\u00a0").replace(/ %/g, "\u00a0%"));
}

function leftToRight(text) {
  return words().direction === "rtl" ? `\u2066${text}\u2069` : text;
}

function fill(text, places) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? isolated(String(places[name])) : whole));
}

const TURNING = /[\u0590-\u08ff\ufb1d-\ufefc]/;

function isolated(text) {
  return words().direction === "rtl" || TURNING.test(text) ? `\u2068${text}\u2069` : text;
}

/* Words for a code of a table; a label stands for itself. */
function term(code) {
  return Object.hasOwn(words().terms, code) ? words().terms[code] : code;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unit(kind = "unit") {
  return words().scales[state.scale][kind];
}

/* Digits after the point: logits have two, points one. */
function digits(scale = state.scale) {
  return scale === "latent" || scale === "sds" ? 2 : 1;
}

/* Decimal signs of the language, digits 0 to 9, narrow spaces between thousands, a real minus. */
function written(value, after, signDisplay) {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  const format = new Intl.NumberFormat(`${words().locale}-u-nu-latn`, {
    minimumFractionDigits: after, maximumFractionDigits: after, signDisplay, useGrouping: "always",
  });
  const signs = { group: "\u202f", minusSign: "\u2212", plusSign: "+" };
  return leftToRight(format.formatToParts(value).map(({ type, value: text }) => signs[type] ?? text).join("").replaceAll("\u200e", ""));
}

/* A difference has a sign, but for what rounds to zero. */
function points(value, after = digits()) {
  return written(value, after, "exceptZero");
}

function amount(value, after = digits()) {
  return written(value, after, "negative");
}

/* A number as it was moved, without needless zeros. */
function plain(value) {
  const after = (String(value).split(".")[1] || "").length;
  return amount(value, after);
}

/* Two decimals, and never the certainty that 0.00 or 1.00 would claim. */
function chance(value) {
  if (value === null || value === undefined) return NONE;
  if (value < 0.01) return formula("less", { value: amount(0.01, 2) });
  if (value > 0.99) return formula("more", { value: amount(0.99, 2) });
  return amount(value, 2);
}

function pValue(value) {
  return value !== null && value < 0.001 ? formula("less", { value: amount(0.001, 3) }) : amount(value, 3);
}

function span(row, signed = true, after = digits()) {
  if (row.lower === null || row.lower === undefined) return NONE;
  const write = signed ? points : amount;
  return say("span", { lower: write(row.lower, after), upper: write(row.upper, after) });
}

function intervalName() {
  return capital(say("interval", { mass: plain(facts.about.mass) }));
}

/* "Change, percentage points" */
function pair(one, other) {
  return say("pair", { one, other });
}

function series(several) {
  return several.reduce((one, other) => say("series", { one, other }));
}
