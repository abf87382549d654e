"use strict";
/* What would overturn an effect: tables of the results folder, by the question that each asks. */

/* Which rows of a table are shown, and which columns; "interval" draws and writes it. */
const CHECKS = {
  trends: { where: () => ({ estimand: "ATT under a bias", times: [0, 0.5, 1, 1.5, 2], ...ownWay() }), columns: ["bias", "times", "mean", "breakdown"] },
  selection: { where: () => ({ country: "", factor: "" }), columns: ["estimand", "mean"], mixed: true },
  permutations: { where: () => ({}), columns: ["scheme", "scale", "observed", "maps", "p"], groups: true },
  leave_one_out: { where: () => ({ refitted: "stage 2" }), columns: ["left_out", "mean"] },
  wild_bootstrap: { where: () => ({}), columns: ["scale", "mean", "p"] },
  placebo_maps: { where: () => ({}), columns: ["scheme", "maps", "rejected", "rate"] },
  placebo: { where: () => ({}), columns: ["estimand", "mean", "p_positive"] },
  spillover: { where: () => ({ country: "", estimand: ["spillover slope", "ATT with spillover"] }), columns: ["estimand", "mean", "p_positive"] },
  exposure: { where: () => ({}), columns: ["estimand", "mean", "p_positive"] },
  drift: { where: () => ({ estimand: "ATT" }), columns: ["drift", "mean", "p_positive"] },
  outcomes: { where: () => ({ estimand: "ATT" }), columns: ["scale", "parallel_trends", "mean", "p_positive"], mixed: true, scales: true },
  prior_sensitivity: { where: () => ({ estimand: "ATT", parallel_trends: "latent", ...ownWay() }), columns: ["prior", "prior_sensitivity", "verdict"] },
  unchecked: { where: () => ({}), columns: ["check", "reason"] },
};

const opened = new Set(["trends"]);

function ownWay() {
  return { route: facts.about.route, specification: facts.about.specification };
}

function checksSection() {
  const shown = Object.keys(CHECKS).filter((name) => facts.tables[name]).map(checkPart).filter(Boolean);
  return section(say("checks"), ...(shown.length ? shown : [note(say("checks_absent"))]));
}

function checkPart(name) {
  const check = CHECKS[name];
  const source = tableOf(name);
  const own = { ...check.where(), ...(source.byName.has("group") ? { group: check.groups ? [state.group, ""] : state.group } : {}) };
  const fits = check.scales || check.groups || !source.byName.has("scale") ? {} : scaleFor(source, own);
  const rows = source.rows({ ...own, ...fits }).map((at) => source.row(at));
  if (!rows.length) return null;
  const [title, how] = words().checks[name];
  const axis = check.columns.includes("mean") && !check.mixed ? axisOf(rows) : null;
  const columns = check.columns.flatMap((column) => columnsOf(column, axis, fits.scale));
  const cells = rows.map((row) => check.columns.flatMap((column) => cellsOf(column, row, axis)));
  const other = fits.scale && fits.scale !== state.scale ? note(say("no_scale", { scale: words().scales[fits.scale].quantity })) : null;
  return make("details", { open: opened.has(name), toggle: ({ target }) => opened[target.open ? "add" : "delete"](name) },
    make("summary", {}, title), note(how), other,
    table({ caption: title, columns, rows: cells, id: name, csv: () => csvOf(name, source.rows({})) }));
}

/* The scale that is chosen, or else one on which there is something. */
function scaleFor(source, own) {
  const scale = [state.scale, "percent", "latent", "score"].find((each) => source.rows({ ...own, scale: each }).length);
  return scale ? { scale } : {};
}

function columnsOf(column, axis, scale) {
  const label = words().columns[column];
  const counted = ["times", "breakdown", "observed", "maps", "p", "rejected", "rate", "p_positive", "prior_sensitivity"].includes(column);
  if (column !== "mean") return [{ label, n: counted }];
  const after = digits(scale);
  return [...(axis ? [{ label: words().columns.mean, mark: axis, after }] : []), { label, n: true }, { label: intervalName(), n: true }];
}

function cellsOf(column, row, axis) {
  if (column === "mean") {
    const after = digits(row.scale);
    return [...(axis ? [intervalMark(row, axis)] : []), points(row.mean, after), span(row, true, after)];
  }
  if (column === "left_out") return [term(row.country || row.factor) || say("nothing")];
  if (column === "p") return [pValue(row.p)];
  if (column === "p_positive" || column === "rate") return [chance(row[column])];
  if (column === "observed") return [points(row.observed, 2)];
  if (column === "maps" || column === "rejected") return [amount(row[column], 0)];
  if (column === "scale") return [row.scale in words().scales ? words().scales[row.scale].quantity : term(row.scale)];
  if (column === "scheme") return [`${term(row.scheme)}${row.group === "" ? ` (${say("all_groups")})` : ""}`];
  if (column === "times" || column === "drift") return [plain(row[column])];
  if (typeof row[column] === "number") return [amount(row[column], 2)];
  return [row[column] === null || row[column] === "" ? NONE : capital(term(row[column]))];
}
