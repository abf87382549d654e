"use strict";
/* One country and one factor: its levels, its changes, how sure, and the effect on it. */

function cellParts() {
  const where = { country: state.country, factor: state.factor };
  const row = changeOf(where);
  const parts = [levelsSection(where, row)];
  if (!row) return [...parts, note(say("seen_once"))];
  return [...parts, changeSection(where), dotsSection(where), ...effectHere(where)];
}

function levelsSection(where, change) {
  const rows = facts.about.waves.map((wave) => levelOf(where, wave)).filter(Boolean);
  const axis = axisOf(rows, false);
  const columns = [
    { label: say("waves") }, { label: pair(say("level"), unit("level")), mark: axis },
    { label: say("level"), n: true }, { label: intervalName(), n: true }, { label: say("people"), n: true },
  ];
  const shown = rows.map((row) => [
    row.wave, intervalMark(row, axis), amount(row.mean), span(row, false), row.sample ? term(row.sample) : NONE,
  ]);
  const status = change ? supportWords(change.supported) : "";
  return section(placeName(where),
    status ? make("p", { class: "note" }, say("support"), ": ", make("span", { class: `tag ${change.supported}` }, status)) : null,
    table({ caption: say("levels"), columns, rows: shown, csv: () => csvOf("levels", rows.map((row) => row.at)), id: "levels" }));
}

/* Every pair of waves that is compared. */
function changeSection(where) {
  const pairs = pairsOfWaves();
  const rows = pairs.map(([from, to]) => lookUp("changes", {
    estimand: "change", scale: state.scale, group: state.group, from, to, ...where,
  })).filter(Boolean);
  const axis = axisOf(rows);
  const columns = [
    { label: say("waves") }, { label: pair(say("change"), unit()), mark: axis }, { label: say("change"), n: true },
    { label: intervalName(), n: true }, { label: formula("rise", { margin: plain(state.margin) }), n: true },
  ];
  const rise = (row) => (row.from === state.from && row.to === state.to ? riseOf(where)
    : shareAbove(seriesOf(blockOf("change", { from: row.from, to: row.to }), { ...where, group: state.group, scale: state.scale }), state.margin));
  const shown = rows.map((row) => [
    say("between", { first: row.from, last: row.to }),
    intervalMark(row, axis, { hollow: row.supported === "unsupported", line: state.margin }),
    points(row.mean), span(row), chance(rise(row)),
  ]);
  const csv = () => csvOf("changes", rows.map((row) => row.at), { margin: rows.map(() => state.margin), p_above: rows.map(rise) });
  return make("div", {}, table({ caption: say("change"), columns, rows: shown, csv, id: "change" }));
}

function dotsSection(where) {
  const draws = drawsOf(where);
  const above = fifty(draws).filter((value) => value > state.margin).length;
  const words = say("dots_note", { n: above, margin: plain(state.margin), unit: unit() });
  return make("figure", {}, make("figcaption", {}, make("strong", {}, say("dots")), " ", words),
    dotsMark(draws, state.margin, words), make("p", { class: "axis-name", "aria-hidden": "true" }, say("dots_axis", { unit: unit() })));
}

function effectHere(where) {
  const rows = tableOf("cell_effects").rows({ estimand: "effect on a cell", ...where, group: state.group, scale: state.scale })
    .map((row) => tableOf("cell_effects").row(row));
  if (!rows.length) return [];
  const axis = axisOf(rows);
  const columns = [
    { label: say("trends") }, { label: pair(say("effect"), unit()), mark: axis }, { label: say("effect"), n: true },
    { label: intervalName(), n: true }, { label: formula("above", { margin: plain(0) }), n: true },
  ];
  const shown = rows.map((row) => [trendsWords(row), intervalMark(row, axis), points(row.mean), span(row), chance(row.p_positive)]);
  return [make("div", {}, table({ caption: say("effect_here"), columns, rows: shown, csv: () => csvOf("cell_effects", rows.map((row) => row.at)), id: "effect-here" }))];
}

function answerOfCell() {
  const where = { country: state.country, factor: state.factor };
  const row = changeOf(where);
  if (!row) return say("seen_once");
  return say("answer_cell", {
    place: placeName(where), value: points(row.mean), unit: unit(), lower: points(row.lower), upper: points(row.upper),
    formula: formula("rise", { margin: plain(state.margin) }), p: chance(riseOf(where, row)),
  });
}
