"use strict";
/* The chapter of levels and changes: shares, the grid of all cells, a country's or factor's cells. */

function changesChapter() {
  if (state.country && state.factor) return cellParts();
  if (!pairsOfWaves().length) return state.country || state.factor ? [listSection()] : [levelGrid()];
  const cells = chosenCells();
  const parts = [];
  if (cells.length > 1) parts.push(headlineSection(cells));
  if (!state.country && !state.factor) parts.push(gridSection());
  parts.push(listSection());
  if (cells.length > 1) parts.push(namingSection(cells));
  return parts;
}

function placeName({ country, factor }) {
  if (country && factor) return say("place", { country: term(country), factor: term(factor) });
  if (country) return term(country);
  return factor ? term(factor) : say("everything");
}

function supportWords(kind) {
  if (kind === "supported" || kind === "unsupported") return term(kind);
  return tableOf("changes").rows({ supported: "supported" }).length ? say("started_before") : "";
}

function headlineSection(cells) {
  const rows = sharesOf(cells);
  const axis = { low: 0, high: 100, marks: [0, 20, 40, 60, 80, 100], signed: false };
  const raw = rows.some((row) => Number.isFinite(row.raw));
  const difference = (row) => row.estimand.startsWith("difference");
  const aside = facts.about.followed.length && cells.some((cell) => cell.supported) ? cells.filter((cell) => !cell.supported).length : 0;
  const columns = [
    { label: say("cells_of") }, { label: say("n_cells"), n: true },
    { label: say("share_improved"), mark: axis, after: 0 },
    { label: say("share_improved"), n: true }, { label: intervalName(), n: true },
    { label: formula("above_share", { share: plain(state.share) }), n: true },
    ...(raw ? [{ label: say("raw_share"), n: true }] : []),
  ];
  const shown = rows.map((row) => {
    const signed = difference(row);
    return [
      signed ? say("difference") : capital(row.supported ? term(row.supported) : say("every_cell")),
      amount(row.cells, 0),
      signed ? "" : intervalMark(row, axis, { hollow: row.supported === "unsupported", line: state.share }),
      signed ? points(row.mean, 0) : amount(row.mean, 0),
      span(row, signed, 0),
      signed ? [formula("above", { margin: plain(0) }), " ", chance(shareAbove(row.draws, 0))] : chance(shareAbove(row.draws, state.share)),
      ...(raw ? [signed ? points(row.raw, 0) : amount(row.raw, 0)] : []),
    ];
  });
  const csv = () => csvLike("improved", rows.map((row) => ({
    country: state.country, factor: state.factor, group: state.group, ...waves(), estimand: row.estimand, scale: state.scale,
    mean: row.mean, sd: row.sd, lower: row.lower, upper: row.upper, interval: `${facts.about.mass}% ETI`,
    supported: row.supported, margin: state.margin, cells: row.cells, already_treated: aside,
    p_positive: difference(row) ? shareAbove(row.draws, 0) : null,
    inner_lower: row.inner_lower, inner_upper: row.inner_upper,
    held_against: difference(row) ? null : state.share,
    p_above: difference(row) ? null : shareAbove(row.draws, state.share),
  })), ["held_against", "p_above"]);
  return section(say("headline"),
    note(say("headline_note", { margin: plain(state.margin), unit: unit() }), raw ? ` ${say("raw_note")}` : "",
      aside ? ` ${say("set_aside", { n: aside })}` : ""),
    table({ caption: placeName(state), columns, rows: shown, csv, id: "shares" }));
}

function answerOfShares(cells) {
  const list = sharesOf(cells).filter((row) => row.estimand === "share improved").map((row) => say("answer_share", {
    cells: row.supported ? term(row.supported) : say("every_cell"), share: amount(row.mean, 0),
    lower: amount(row.lower, 0), upper: amount(row.upper, 0),
  }));
  return say("answer_shares", { margin: plain(state.margin), unit: unit(), list: series(list) });
}

/* Classes of the probability of having improved; also told apart in grey, by the sign. */
function shade(rise) {
  if (rise === null) return "";
  if (rise > 0.95) return "surely-up";
  if (rise > 0.8) return "up";
  if (rise < 0.05) return "surely-down";
  return rise < 0.2 ? "down" : "";
}

function gridSection() {
  const { followed, factors } = facts.about;
  const head = make("tr", {}, make("td"), factors.map((factor) =>
    make("th", { scope: "col" }, make("a", { href: addressOf({ factor }) }, term(factor)))),
    make("th", { scope: "col", class: "whole" }, say("mean_of_factors")));
  const line = (country) => make("tr", { class: country ? null : "whole" },
    make("th", { scope: "row" }, country ? make("a", { href: addressOf({ country }) }, term(country)) : say("mean_of_countries")),
    [...factors, ""].map((factor) => gridCell({ country, factor })));
  const caption = say("between", { first: state.from, last: state.to });
  const csv = () => {
    const rows = tableOf("changes").rows({ estimand: "change", scale: state.scale, group: state.group, ...waves() });
    const rise = rows.map((row) => riseOf({ country: tableOf("changes").value(row, "country"), factor: tableOf("changes").value(row, "factor") }));
    return csvOf("changes", rows, { margin: rows.map(() => state.margin), p_above: rise });
  };
  return section(say("grid"),
    note(say("grid_note", { first: state.from, last: state.to, unit: unit() })), legend(),
    make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": say("scroll", { table: say("grid") }) },
      make("table", { class: "grid", id: "grid" }, make("caption", {}, caption),
        make("thead", {}, head), make("tbody", {}, line(""), followed.map(line)))),
    downloadButton(csv, say("grid")));
}

function gridCell(where) {
  const row = changeOf(where);
  const whole = where.country && where.factor ? "" : " whole";
  if (!row) return make("td", { class: `none${whole}` }, make("span", { "aria-hidden": "true" }, NONE), hidden(say("not_compared")));
  const rise = riseOf(where, row);
  const told = { place: placeName(where), value: points(row.mean), unit: unit(), p: chance(rise) };
  const about = kindOf(where) === "cell"
    ? say("cell_words", { ...told, support: supportWords(row.supported) }) : say("pooled_words", told);
  return make("td", { class: `${shade(rise)}${whole}` },
    make("a", { href: addressOf(where), "aria-label": about, title: about },
      row.supported === "supported" ? make("span", { class: "dot" }) : null, points(row.mean)));
}

/* Where nothing is compared: levels, country by country. */
function levelGrid() {
  const { countries, factors, waves: [wave] } = facts.about;
  const columns = [{ label: say("country") }, ...factors.map((factor) => ({ label: term(factor), n: true })), { label: say("mean_of_factors"), n: true }];
  const rows = countries.map((country) => [
    make("a", { href: addressOf({ country }) }, make("bdi", {}, term(country))),
    ...[...factors, ""].map((factor) => amount((levelOf({ country, factor }, wave) || {}).mean)),
  ]);
  const csv = () => csvOf("levels", tableOf("levels").rows({ estimand: "level", scale: state.scale, group: state.group }));
  return section(say("levels"), table({ caption: pair(say("level_at", { wave }), unit("level")), columns, rows, csv, id: "list" }));
}

function hidden(text) {
  return make("span", { class: "unseen" }, text);
}

function legend() {
  const part = (name, text) => make("li", {}, make("span", { class: `swatch ${name}` }), text);
  const over = (value) => say("over", { value: amount(value, 2) });
  const under = (value) => say("under", { value: amount(value, 2) });
  return make("ul", { class: "legend", "aria-label": say("legend") },
    make("li", {}, say("legend")), part("surely-up", over(0.95)), part("up", over(0.8)),
    part("down", under(0.2)), part("surely-down", under(0.05)),
    make("li", {}, make("span", { class: "dot" }), term("supported")));
}

/* Places side by side: the factors of a country, the countries of a factor, or factors over all. */
function listSection() {
  const { followed, countries, factors } = facts.about;
  const byCountry = Boolean(state.factor);
  const inner = byCountry
    ? countries.map((country) => ({ country, factor: state.factor }))
    : factors.map((factor) => ({ country: state.country, factor }));
  const whole = { country: byCountry ? "" : state.country, factor: byCountry ? state.factor : "" };
  const places = [whole, ...inner].filter((where) => changeOf(where) || facts.about.waves.some((wave) => levelOf(where, wave)));
  const rows = places.map((where) => changeOf(where) || {});
  const axis = axisOf(rows);
  const shownWaves = facts.about.waves.length <= 3 ? facts.about.waves : [state.from, state.to];
  const head = byCountry ? say("country") : say("factor");
  const columns = [
    { label: head }, ...shownWaves.map((wave) => ({ label: say("level_at", { wave }), n: true })),
    ...(axis ? [{ label: pair(say("change"), unit()), mark: axis }] : []),
    { label: say("change"), n: true }, { label: intervalName(), n: true },
    { label: formula("rise", { margin: plain(state.margin) }), n: true },
    ...(kindOf(inner[0] || {}) === "cell" ? [{ label: say("people"), n: true }] : []),
  ];
  const shown = places.map((where, i) => {
    const row = rows[i];
    const cells = [
      rowHead(where, whole, row),
      ...shownWaves.map((wave) => amount((levelOf(where, wave) || {}).mean)),
      ...(axis ? [intervalMark(row, axis, { hollow: row.supported === "unsupported", line: state.margin })] : []),
      points(row.mean), span(row), chance(riseOf(where, row.mean === undefined ? null : row)),
      ...(kindOf(inner[0] || {}) === "cell" ? [row.sample ? term(row.sample) : NONE] : []),
    ];
    cells.whole = where === whole;
    return cells;
  });
  const title = byCountry ? say("by_country", { factor: term(state.factor) })
    : say("by_factor", { country: term(state.country) || say("all_countries") });
  const csv = () => {
    const told = places.filter((where, i) => rows[i].mean !== undefined);
    const at = told.map((where) => changeOf(where).at);
    return csvOf("changes", at, { margin: at.map(() => state.margin), p_above: told.map((where) => riseOf(where)) });
  };
  return section(title, table({ caption: say("between", { first: state.from, last: state.to }), columns, rows: shown, csv, id: "list" }));
}

function rowHead(where, whole, row) {
  if (where === whole) return state.factor ? say("mean_of_countries") : say("mean_of_factors");
  const name = term(state.factor ? where.country : where.factor);
  return [make("a", { href: addressOf(where) }, make("bdi", {}, name)),
    row.supported ? make("span", { class: `tag ${row.supported}` }, term(row.supported)) : null];
}

function namingSection(cells) {
  const found = namingOf(cells);
  const axis = axisOf(found.rows, false);
  const labels = { "named in error": say("named_wrong"), "cells improved": say("truly"), "improved, not named": say("missed") };
  const columns = [
    { label: say("number_of_cells", { n: cells.length }) }, { label: say("cells_of"), mark: axis, after: 0 },
    { label: say("n_cells"), n: true }, { label: intervalName(), n: true },
  ];
  const rows = [
    [say("named"), "", amount(found.named, 0), NONE],
    ...found.rows.map((row) => [labels[row.estimand], intervalMark(row, axis), amount(row.mean, 1), span(row, false, 0)]),
  ];
  const own = ["country", "factor", "group", "from", "to", "estimand", "scale", "mean", "sd", "lower", "upper", "interval", "margin", "threshold", "named", "cells"];
  const csv = () => ({
    name: "naming", columns: own,
    rows: found.rows.map((row) => {
      const told = { ...row, country: state.country, factor: state.factor, group: state.group, ...waves(), scale: "cells",
        interval: `${facts.about.mass}% ETI`, margin: state.margin, threshold: state.certain, named: found.named, cells: cells.length };
      return own.map((name) => told[name]);
    }),
  });
  return section(say("naming"), note(say("naming_note", { certain: amount(state.certain, 2) })),
    table({ caption: placeName(state), columns, rows, csv, id: "naming" }));
}
