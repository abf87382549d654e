"use strict";
/* Tables for reading, and the same rows as CSV. */

/* Columns: {label, n: a number, mark: an axis}; rows: lists of texts or elements, the first a head. */
function table({ caption, columns, rows, csv, id }) {
  const head = columns.map((column) =>
    make("th", { scope: "col", role: "columnheader", class: column.n ? "n" : column.mark ? "marks" : null },
      column.label, column.mark ? scaleOf(column.mark, column.after ?? digits()) : null));
  const body = rows.map((row) =>
    make("tr", { role: "row", class: row.whole ? "whole" : null }, row.map((cell, i) =>
      make(i ? "td" : "th", {
        role: i ? "cell" : "rowheader", scope: i ? null : "row", "data-label": i ? columns[i].label : null,
        class: columns[i].n ? "n" : columns[i].mark ? "marks" : null,
      }, cell))));
  const axis = columns.find((column) => column.mark);
  return make("div", { class: "block" },
    make("table", { role: "table", class: "rows", id },
      make("caption", {}, caption, axis ? make("div", { class: "axis-above" }, scaleOf(axis.mark, axis.after ?? digits())) : null),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, head)),
      make("tbody", { role: "rowgroup" }, body)),
    rows.length ? null : make("p", { class: "soft" }, say("no_rows")),
    csv ? downloadButton(csv, caption) : null);
}

function downloadButton(csv, caption) {
  return make("button", {
    type: "button", class: "quiet", "aria-label": say("download_of", { table: caption }), click: () => download(csv()),
  }, say("download"));
}

/* Rows of a table of the results folder, its columns as there, and further ones. */
function csvOf(name, rows, extra = {}) {
  const source = tableOf(name);
  const columns = [...source.columns, ...Object.keys(extra)];
  return {
    name, columns,
    rows: rows.map((row, i) => columns.map((column) => (column in extra ? extra[column][i] : source.value(row, column)))),
  };
}

/* Rows that were counted here, with the columns of the table they are like. */
function csvLike(name, objects, extra = []) {
  const columns = [...tableOf(name).columns, ...extra];
  return { name, columns, rows: objects.map((row) => columns.map((column) => row[column])) };
}

function csvText({ columns, rows }) {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;

/* As the package writes its own: no label is a formula in a spreadsheet. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  const cell = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function download(csv) {
  const address = URL.createObjectURL(new Blob([csvText(csv)], { type: "text/csv" }));
  const link = make("a", { href: address, download: `${csv.name}.csv`, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function section(title, ...parts) {
  return make("section", {}, make("h2", {}, title), ...parts);
}

function note(...text) {
  return make("p", { class: "note" }, ...text);
}
