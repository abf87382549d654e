"use strict";
/* What the page holds, unpacked: facts (JSON) and draws (numbers of bins), each base64 of zlib. */

let facts;
let planes;

async function inflated(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpack() {
  facts = JSON.parse(new TextDecoder().decode(await inflated("facts")));
  planes = await inflated("draws");
  for (const [name, columns] of Object.entries(facts.tables)) facts.tables[name] = new Table(name, columns);
}

/* A table as the results folder holds it, column by column. */
class Table {
  constructor(name, columns) {
    this.name = name;
    this.columns = columns.map((column) => column.name);
    this.byName = new Map(columns.map((column) => [column.name, column]));
    this.size = columns[0].values.length;
  }

  value(row, name) {
    const column = this.byName.get(name);
    if (!column) return undefined;
    return column.texts ? column.texts[column.values[row]] : column.values[row];
  }

  /* Row numbers where every named column has the value, or one of the values. */
  rows(where) {
    const wanted = Object.entries(where).map(([name, value]) => [name, [].concat(value)]);
    return Array.from({ length: this.size }, (_, row) => row).filter((row) =>
      wanted.every(([name, values]) => values.includes(this.value(row, name))));
  }

  /* The first such row as an object, or null. */
  find(where) {
    const row = this.rows(where)[0];
    return row === undefined ? null : this.row(row);
  }

  row(row) {
    return Object.fromEntries([["at", row], ...this.columns.map((name) => [name, this.value(row, name)])]);
  }
}

function tableOf(name) {
  return facts.tables[name] || new Table(name, [{ name: "estimand", values: [], texts: [] }]);
}

/* Draws by what they are of. */
function blockOf(name, about) {
  return facts.blocks.find((block) =>
    block.name === name && Object.entries(about).every(([key, value]) => block.about[key] === value));
}

/* Draws of one quantity, on its scale, or null where there is none. */
function seriesOf(block, place) {
  if (!block) return null;
  let position = 0;
  for (const dim of block.dims) {
    const at = block.labels[dim].indexOf(place[dim]);
    if (at < 0) return null;
    position = position * block.labels[dim].length + at;
  }
  const size = block.dims.reduce((n, dim) => n * block.labels[dim].length, block.draws);
  const low = 2 * block.start + position * block.draws;
  const width = block.bins[block.labels.scale.indexOf(place.scale)];
  const found = new Float64Array(block.draws);
  for (let i = 0; i < block.draws; i += 1) {
    const number = ((planes[low + size + i] << 24) >> 16) | planes[low + i];
    if (number === -32768) return null;
    found[i] = (number + 0.5) * width;
  }
  return found;
}
