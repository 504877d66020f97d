import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Peers, startAllPeers } from './peers/peers.ts';
import { readerTables } from './reader-tables.ts';
import { columnOf, columnsOf, titles, weirColumn } from './readings-table.ts';

const page = readFileSync(new URL('../../docs/bodies.md', import.meta.url), 'utf8');

/** A table of the page as rows of cells, and its columns by what stands over them. */
function tableOf(name: string): {
  readonly rows: string[][];
  readonly column: (title: string) => string[] | undefined;
} {
  const found = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- /${name} -->`).exec(page);
  const [head = [], , ...rows] = (found?.[1] ?? '').split('\n').map((line) => line.slice(2, -2).split(' | '));
  const column = (title: string): string[] | undefined => {
    const at = head.indexOf(title);
    return at === -1 ? undefined : rows.map((row) => row[at] ?? '');
  };
  return { rows: [head, ...rows], column };
}

const { rows: cells, column } = tableOf('readings');
const everyPeer = await startAllPeers();
const peersOf = (subject: string): Peers => ({
  parsers: everyPeer.parsers.filter(({ subjects }) => subjects.includes(subject)),
  missing: everyPeer.missing,
});
const peers = peersOf('multipart');

describe('docs/bodies.md says who reads what how', () => {
  it('of each body', () =>
    assert.deepEqual(
      cells.slice(1).map((row) => row[0]),
      titles,
    ));

  it('as Weir reads it', () => assert.deepEqual(column('Weir'), weirColumn()));

  for (const why of peers.missing) it(why, { skip: 'not to be had here' }, () => {});
  for (const [name, oracle] of columnsOf(peers)) {
    // Packages of the system may be of another version.
    const told = column(name);
    it(`as ${name} reads it`, { skip: told === undefined ? 'the page tells of another version' : false }, async () =>
      assert.deepEqual(await columnOf(oracle), told),
    );
  }

  it('of every parser, in some version', () => {
    const names = (cells[0] ?? []).map((name) => name.replace(/ [^ ]*$/, ''));
    for (const { name } of peers.parsers) assert.ok(names.includes(name), name);
  });
});

for (const { name, subject, titles: rowTitles, readers, weir } of readerTables) {
  const told = tableOf(`readings: ${name}`);
  describe(`docs/bodies.md says who reads ${name} how`, () => {
    it('row by row', () =>
      assert.deepEqual(
        told.rows.slice(1).map((row) => row[0]),
        rowTitles,
      ));

    it('as Weir reads them', () => assert.deepEqual(told.column('Weir'), weir()));

    const known = readers(peersOf(subject));
    for (const { title, column: read } of known) {
      const cellsTold = told.column(title);
      it(`as ${title} reads them`, { skip: cellsTold === undefined && 'the page tells of another version' }, async () =>
        assert.deepEqual(await read(), cellsTold),
      );
    }

    it('of every parser, in some version', () => {
      const names = told.rows[0]?.map((title) => title.replace(/ [^ ]*$/, '')) ?? [];
      for (const { title } of known) assert.ok(names.includes(title.replace(/ [^ ]*$/, '')), title);
    });
  });
}
