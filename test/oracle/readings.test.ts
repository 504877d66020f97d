import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { startPeers } from './peers/peers.ts';
import { columnOf, columnsOf, titles, weirColumn } from './readings-table.ts';

const page = readFileSync(new URL('../../docs/bodies.md', import.meta.url), 'utf8');
const lines = (/<!-- readings -->\n([\s\S]*?)\n<!-- \/readings -->/.exec(page)?.[1] ?? '').split('\n');
const cells = lines.map((line) => line.slice(2, -2).split(' | '));
const column = (name: string): string[] | undefined => {
  const at = cells[0]?.indexOf(name) ?? -1;
  return at === -1 ? undefined : cells.slice(2).map((row) => row[at] ?? '');
};
const peers = await startPeers('multipart');

describe('docs/bodies.md says who reads what how', () => {
  it('of each body', () =>
    assert.deepEqual(
      cells.slice(2).map((row) => row[0]),
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
