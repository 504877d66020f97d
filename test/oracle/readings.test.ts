import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Peers, startAllPeers } from './peers/peers.ts';
import { readerTables } from './reader-tables.ts';
import { columnOf, columnsOf, titles, weirColumn } from './readings-table.ts';

const page = readFileSync(new URL('../../docs/bodies.md', import.meta.url), 'utf8');

/** A table of the page as rows of cells, and its columns by their heads. */
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

describe('docs/bodies.md states which parser reads what how', () => {
  it('of each body', () => expect(cells.slice(1).map((row) => row[0])).toStrictEqual(titles));

  it('as Weir reads it', () => expect(column('Weir')).toStrictEqual(weirColumn()));

  for (const why of peers.missing) it.skip(why, () => {});
  for (const [name, oracle] of columnsOf(peers)) {
    // Packages of the system may have a different version.
    const told = column(name);
    it.skipIf(told === undefined ? 'the page tells of another version' : false)(`as ${name} reads it`, async () =>
      expect(await columnOf(oracle)).toStrictEqual(told),
    );
  }

  it('of every parser, in some version', () => {
    const names = (cells[0] ?? []).map((name) => name.replace(/ [^ ]*$/, ''));
    for (const { name } of peers.parsers) expect(names.includes(name), name).toBe(true);
  });
});

for (const { name, subject, titles: rowTitles, readers, weir } of readerTables) {
  const told = tableOf(`readings: ${name}`);
  describe(`docs/bodies.md states how parsers read ${name}`, () => {
    it('row by row', () => expect(told.rows.slice(1).map((row) => row[0])).toStrictEqual(rowTitles));

    it('as Weir reads them', () => expect(told.column('Weir')).toStrictEqual(weir()));

    const known = readers(peersOf(subject));
    for (const { title, column: read } of known) {
      const cellsTold = told.column(title);
      it.skipIf(cellsTold === undefined && 'the page tells of another version')(`as ${title} reads them`, async () =>
        expect(await read()).toStrictEqual(cellsTold),
      );
    }

    it('of every parser, in some version', () => {
      const names = told.rows[0]?.map((title) => title.replace(/ [^ ]*$/, '')) ?? [];
      for (const { title } of known) expect(names.includes(title.replace(/ [^ ]*$/, '')), title).toBe(true);
    });
  });
}
