"use strict";
/* The chapter about the results: can the fits be relied on, what cannot be said, how it was made. */

function aboutChapter() {
  return [qualitySection(), ...refusalParts(), notesSection(), madeSection()].filter(Boolean);
}

function qualitySection() {
  const source = tableOf("diagnostics");
  if (!source.byName.has("quantity")) return null;
  const rows = source.rows({}).map((at) => source.row(at));
  const label = (name) => words().columns[name];
  const columns = [
    { label: label("fit") }, { label: label("quantity") }, { label: label("rhat"), n: true },
    { label: label("ess_bulk"), n: true }, { label: label("ess_tail"), n: true }, { label: label("worst") }, { label: label("passed") },
  ];
  const shown = rows.map((row) => [
    term(row.fit), term(row.quantity), amount(row.rhat, 3), amount(row.ess_bulk, 0), amount(row.ess_tail, 0), words().elements[row.worst] || NONE,
    row.passed && !row.n && !row.worst ? NONE : row.passed ? say("passed_yes") : make("strong", {}, say("passed_no")),
  ]);
  return section(say("quality"), facts.about.passed ? note(say("passed")) : null,
    table({ caption: words().messages.quality, columns, rows: shown, id: "diagnostics", csv: () => csvOf("diagnostics", source.rows({})) }));
}

function refusalParts() {
  const { refusals } = words();
  if (!refusals.length) return [];
  const label = (name) => words().columns[name];
  const columns = ["claim", "where", "because", "remedy"].map((name) => ({ label: label(name) }));
  const rows = refusals.map((each) => [each.claim, each.where || NONE, each.reason, each.remedy]);
  const csv = () => ({ name: "refusals", columns: Object.keys(refusals[0]), rows: refusals.map(Object.values) });
  return [section(say("not_said"), table({ caption: say("not_said"), columns, rows, csv, id: "refusals" }))];
}

function notesSection() {
  const { notes } = facts.about;
  return notes.length ? section(say("notes"), make("ul", {}, notes.map((each) => make("li", {}, term(each))))) : null;
}

function madeSection() {
  const { about } = facts;
  const lines = [
    say("of_support"),
    say("of_draws", { all: amount(about.draws, 0), kept: amount(about.kept, 0), error: amount(0.5 / Math.sqrt(about.kept), 3) }),
    say("of_rounding", { points: plain(about.bins.percent), logits: plain(about.bins.latent) }),
    say("of_intervals", { mass: plain(about.mass) }), say("of_counts"), say("share_this"), say("offline"),
    say("origin", { date: words().created, specification: term(about.specification), route: term(about.route) }),
    say("version", { version: about.version, fingerprint: about.fingerprint.slice(0, 16) }),
  ];
  return section(say("made_of"), make("ul", {}, lines.map((each) => make("li", {}, each))));
}
