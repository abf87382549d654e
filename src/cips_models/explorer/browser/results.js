"use strict";
/* What is known of a place: a cell, a country, a factor or all of them.  A number that the tables
   hold is taken from there, from all draws; what they do not hold is counted in the draws here. */

const ESTIMANDS = {
  change: { cell: "change", country: "country change", factor: "pooled change", all: "pooled change" },
  level: { cell: "level", country: "country level", factor: "pooled level", all: "" },
};

const indexes = new Map();
const drawsKept = new Map();

function kindOf({ country, factor }) {
  if (country && factor) return "cell";
  if (country) return "country";
  return factor ? "factor" : "all";
}

/* Row of a table by values of some columns, found once and for all. */
function lookUp(name, key) {
  const columns = Object.keys(key);
  const id = `${name} ${columns}`;
  if (!indexes.has(id)) {
    const source = tableOf(name);
    const made = new Map();
    for (let row = 0; row < source.size; row += 1) {
      const own = JSON.stringify(columns.map((column) => source.value(row, column)));
      if (!made.has(own)) made.set(own, row);
    }
    indexes.set(id, made);
  }
  const at = indexes.get(id).get(JSON.stringify(Object.values(key)));
  return at === undefined ? null : tableOf(name).row(at);
}

function waves() {
  return { from: state.from, to: state.to };
}

function changeOf(where) {
  const { country, factor } = where;
  return lookUp("changes", {
    estimand: ESTIMANDS.change[kindOf(where)], scale: state.scale, group: state.group, ...waves(), country, factor,
  });
}

function levelOf(where, wave) {
  const { country, factor } = where;
  return lookUp("levels", {
    estimand: ESTIMANDS.level[kindOf(where)], scale: state.scale, group: state.group, wave, country, factor,
  });
}

/* Draws of a change: of a cell as they are, of others the mean over countries, then over factors. */
function drawsOf({ country, factor }) {
  const key = JSON.stringify([state.from, state.to, state.group, state.scale, country, factor]);
  if (!drawsKept.has(key)) drawsKept.set(key, madeOf(country, factor));
  return drawsKept.get(key);
}

function madeOf(country, factor) {
  const block = blockOf("change", waves());
  if (country && factor) return seriesOf(block, { country, factor, group: state.group, scale: state.scale });
  const parts = factor
    ? facts.about.followed.map((each) => drawsOf({ country: each, factor }))
    : facts.about.factors.map((each) => drawsOf({ country, factor: each }));
  const told = parts.filter((draws) => draws !== null);
  return told.length ? averaged(told) : null;
}

/* Probability of a rise by more than the margin. */
function riseOf(where, row = changeOf(where)) {
  if (!row) return null;
  if (state.margin === 0) return row.p_positive;
  if (state.scale === "percent" && kindOf(where) === "cell") {
    const told = lookUp("improved", {
      estimand: "improved", margin: state.margin, group: state.group, ...waves(), country: where.country, factor: where.factor,
    });
    if (told) return told.mean;
  }
  const draws = drawsOf(where);
  return draws ? shareAbove(draws, state.margin) : null;
}

/* Cells of the chosen country and factor that have a change, each with what is known of it. */
function chosenCells() {
  const { followed, factors } = facts.about;
  const countries = state.country ? [state.country] : followed;
  return countries.flatMap((country) => (state.factor ? [state.factor] : factors).map((factor) => {
    const where = { country, factor };
    const row = changeOf(where);
    return row && { ...where, row, draws: drawsOf(where), rise: riseOf(where, row), supported: row.supported };
  })).filter(Boolean);
}

/* Shares of cells that rose by more than the margin, by support, and their difference. */
function sharesOf(cells) {
  const kinds = cells.some((cell) => cell.supported) ? ["supported", "unsupported"] : [""];
  const shares = kinds.map((kind) => {
    const own = cells.filter((cell) => cell.supported === kind);
    const draws = own.length ? countAbove(own.map((cell) => cell.draws), state.margin).map((n) => (100 * n) / own.length) : null;
    return { estimand: "share improved", supported: kind, cells: own.length, draws };
  }).filter((share) => share.cells);
  if (shares.length === 2) {
    const [one, other] = shares;
    shares.push({
      estimand: "difference in shares improved", supported: "", cells: one.cells + other.cells,
      draws: combined([one.draws, other.draws], ([a, b]) => a - b),
    });
  }
  return shares.map((share) => ({ ...share, ...summary(share.draws, facts.about.mass), ...toldShare(share) }));
}

/* The same from all draws, where the tables answer this very question; and the raw share. */
function toldShare({ estimand, supported }) {
  if (state.country || state.factor) return {};
  const same = { group: state.group, ...waves(), supported };
  const raw = lookUp("improved", { estimand: `raw ${estimand}`, ...same });
  const told = state.scale === "percent" ? lookUp("improved", { estimand, margin: state.margin, ...same }) : null;
  const numbers = ["mean", "sd", "lower", "upper", "inner_lower", "inner_upper"];
  return { raw: raw && raw.mean, ...(told ? Object.fromEntries(numbers.map((name) => [name, told[name]])) : {}) };
}

/* Naming every cell that is probable enough: what of it is wrong, and what is missed. */
function namingOf(cells) {
  const named = cells.filter((cell) => cell.rise >= state.certain);
  const others = cells.filter((cell) => cell.rise < state.certain);
  const counted = (own) => (own.length ? countAbove(own.map((cell) => cell.draws), state.margin) : null);
  const right = counted(named);
  const missed = counted(others);
  const rows = [
    { estimand: "named in error", draws: right && right.map((n) => named.length - n) },
    { estimand: "cells improved", draws: counted(cells) },
    { estimand: "improved, not named", draws: missed },
  ];
  return {
    named: named.length,
    rows: rows.filter((row) => row.draws).map((row) => ({ ...row, ...summary(row.draws, facts.about.mass) })),
  };
}
