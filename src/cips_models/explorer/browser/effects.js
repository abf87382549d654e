"use strict";
/* The chapter of effects: each assumption beside the others, places, and what would overturn it. */

function effectsChapter() {
  const statements = words().effects[state.group];
  const rows = effectRows("ATT");
  if (!rows.length) return [section(say("effects"), note(say("no_effect")), ...refusalParts())];
  return [
    assumptionsSection(rows, statements),
    placesSection("ATT by country", "country", say("effect_by_country")),
    placesSection("ATT by factor", "factor", say("effect_by_factor")),
    checksSection(),
  ].filter(Boolean);
}

/* Estimates of an effect with their draws; first those of the fit that all else is from. */
function effectRows(estimand) {
  const source = tableOf("effects");
  return source.rows({ estimand, group: state.group, scale: state.scale }).map((at) => {
    const row = source.row(at);
    const block = blockOf(estimand, { route: row.route, specification: row.specification, parallel_trends: row.parallel_trends });
    return { ...row, draws: seriesOf(block, { scale: state.scale, group: state.group, country: row.country, factor: row.factor }) };
  });
}

function ownFit(row) {
  return row.route === facts.about.route && row.specification === facts.about.specification;
}

/* Probability of an effect above what is worth having. */
function worthwhile(row) {
  if (state.worth === 0) return row.p_positive;
  const { route, specification, parallel_trends: trends, group } = row;
  const told = row.estimand === "ATT" && state.scale === "percent" && lookUp("decision", {
    estimand: "P(effect > margin)", margin: state.worth, route, specification, parallel_trends: trends, group,
  });
  if (told) return told.mean;
  return row.draws ? shareAbove(row.draws, state.worth) : null;
}

function nothing(row) {
  return row.draws ? shareWithin(row.draws, state.equivalent) : null;
}

function trendsWords(row) {
  return row.parallel_trends === "points" ? say("in_points") : say("in_logits");
}

function effectColumns(head, axis, more) {
  return [
    { label: head }, ...more.map((label) => ({ label })), { label: pair(say("effect"), unit()), mark: axis },
    { label: say("effect"), n: true }, { label: intervalName(), n: true },
    { label: formula("above_effect", { margin: plain(state.worth) }), n: true }, { label: formula("within_effect"), n: true },
  ];
}

function effectCells(row, axis) {
  return [
    intervalMark(row, axis, { line: state.worth }), points(row.mean), span(row),
    chance(worthwhile(row)), chance(nothing(row)),
  ];
}

function effectCsv(rows) {
  return () => csvOf("effects", rows.map((row) => row.at), {
    margin: rows.map(() => state.worth), p_above: rows.map(worthwhile),
    equivalent: rows.map(() => state.equivalent), p_within: rows.map(nothing),
  });
}

function assumptionsSection(rows, statements) {
  const elsewhere = effectRows("ATT in a new country").filter((row) => ownFit(row));
  const every = [...rows, ...elsewhere];
  const axis = axisOf(every);
  const columns = effectColumns(say("assumption"), axis, [say("route"), say("trends")]);
  const shown = every.map((row) => [
    row.estimand === "ATT" ? capital(term(row.specification)) : say("effect_elsewhere"), term(row.route), trendsWords(row), ...effectCells(row, axis),
  ]);
  const codes = Object.entries(words().assumptions);
  return section(say("assumptions"), note(say("assumptions_note")),
    table({ caption: capital(term(state.group)), columns, rows: shown, csv: effectCsv(every), id: "assumptions" }),
    make("h3", {}, say("identifies")), statements ? make("p", {}, statements[state.scale]) : null,
    make("dl", {}, codes.map(([code, text]) => [
      make("dt", {}, code === "points" ? `${say("trends")} ${say("in_points")}` : capital(term(code))), make("dd", {}, text),
    ])));
}

function placesSection(estimand, dim, title) {
  const rows = effectRows(estimand).filter((row) => ownFit(row));
  if (!rows.length) return null;
  const axis = axisOf(rows);
  const shown = rows.map((row) => [
    make("a", { href: addressOf({ view: "changes", country: "", factor: "", [dim]: row[dim] }) }, make("bdi", {}, term(row[dim]))), ...effectCells(row, axis),
  ]);
  return section(title, table({ caption: capital(term(state.group)), columns: effectColumns(say(dim), axis, []), rows: shown, csv: effectCsv(rows), id: estimand.replaceAll(" ", "-") }));
}

function answerOfEffects() {
  const rows = effectRows("ATT").filter((row) => row.parallel_trends === "latent");
  if (!rows.length) return say("no_effect");
  const list = rows.map((row) => say("answer_of", { what: pair(term(row.specification), term(row.route)), p: chance(worthwhile(row)) }));
  return say("answer_effect", { formula: formula("above_effect", { margin: plain(state.worth) }), list: series(list) });
}
