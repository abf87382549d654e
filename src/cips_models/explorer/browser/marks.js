"use strict";
/* Elements and drawn marks.  Texts are set as texts: no label is ever read as code. */

const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

function draw(name, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, name), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/* Round numbers between two ends, about `count` of them. */
function ticks(low, high, count = 5) {
  if (high === low) return ticks(low, low + 1, count);
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const found = [];
  for (let i = first; i <= last; i += 1) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/* An axis that holds all intervals, and zero where the sign means anything. */
function axisOf(rows, signed = true) {
  const ends = rows.flatMap((row) => [row.lower ?? row.mean, row.upper ?? row.mean]).filter(Number.isFinite);
  if (!ends.length) return null;
  const marks = ticks(Math.min(...ends, ...(signed ? [0] : [])), Math.max(...ends, ...(signed ? [0] : [])), 4);
  return { low: marks[0], high: marks[marks.length - 1], marks, signed };
}

/* Place on an axis, per cent of its width; the same in every direction of writing. */
function place(axis, value) {
  return `${(4 + (92 * (value - axis.low)) / (axis.high - axis.low)).toFixed(2)}%`;
}

function scaleOf(axis, after) {
  const write = axis.signed ? points : amount;
  const fewer = axis.marks.length > 6 ? axis.marks.filter((_, i) => i % 2 === 0) : axis.marks;
  const decimals = Math.min(after, Math.max(...fewer.map((value) => (String(value).split(".")[1] || "").length)));
  return draw("svg", { class: "axis", "aria-hidden": "true" }, fewer.map((value) =>
    draw("text", { x: place(axis, value), y: "1em" }, write(value, decimals))));
}

/* Thin line: interval; thick line: half of the draws; dot: mean, hollow where not supported. */
function intervalMark(row, axis, { hollow = false, line = null } = {}) {
  const at = (value) => place(axis, value);
  const lines = axis.marks.map((value) =>
    draw("line", { class: value === 0 && axis.signed ? "zero" : "grid", x1: at(value), x2: at(value), y1: "0", y2: "100%" }));
  if (line !== null && line !== 0) lines.push(draw("line", { class: "margin", x1: at(line), x2: at(line), y1: "0", y2: "100%" }));
  const told = Number.isFinite(row.lower);
  return draw("svg", { class: `mark${hollow ? " hollow" : ""}`, "aria-hidden": "true" }, lines,
    told ? draw("line", { class: "outer", x1: at(row.lower), x2: at(row.upper), y1: "50%", y2: "50%" }) : null,
    told && Number.isFinite(row.inner_lower) ? draw("line", { class: "inner", x1: at(row.inner_lower), x2: at(row.inner_upper), y1: "50%", y2: "50%" }) : null,
    Number.isFinite(row.mean) ? draw("circle", { cx: at(row.mean), cy: "50%", r: "4" }) : null);
}

/* Fifty equally likely values as dots in heaps, those above the margin filled. */
function dotsMark(draws, margin, words) {
  const values = fifty(draws);
  const axis = axisOf([{ mean: values[0], lower: values[0], upper: values[49] }, { mean: margin }]);
  const width = (axis.high - axis.low) / 46;
  const heaps = new Map();
  const dots = values.map((value) => {
    const heap = Math.round((value - axis.low) / width);
    const height = heaps.get(heap) || 0;
    heaps.set(heap, height + 1);
    return { x: axis.low + heap * width, height, above: value > margin };
  });
  const tall = Math.max(...heaps.values());
  const bottom = 11 * tall + 6;
  const at = (value) => place(axis, value);
  return draw("svg", { class: "dots", role: "img", "aria-label": words, height: bottom + 26 },
    draw("line", { class: "base", x1: "2%", x2: "98%", y1: bottom, y2: bottom }),
    draw("line", { class: "margin", x1: at(margin), x2: at(margin), y1: 0, y2: bottom + 4 }),
    dots.map((dot) => draw("circle", { class: dot.above ? "above" : "not-above", cx: at(dot.x), cy: bottom - 6 - 11 * dot.height, r: 4.6 })),
    axis.marks.map((value) => draw("text", { x: at(value), y: bottom + 20 }, points(value, Math.min(digits(), (String(value).split(".")[1] || "").length)))));
}
