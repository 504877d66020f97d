import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataReader } from '../../src/seclang/data-file.ts';
import { FileReader, rootOf } from '../../src/seclang/rule-file.ts';
import { SeclangError } from '../../src/seclang/seclang-error.ts';
import { ruleFolder } from './rule-folder.ts';

const readerOf = (folder: string, isPack = false) => new DataReader(new FileReader(), () => rootOf(folder, isPack));

describe('DataReader', () => {
  it('reads entries next to the rule file, with their places', (test) => {
    const folder = ruleFolder(test, {
      'a.data': '# comment\n\n  one \r\ntwo words\n\t#x\n\xa0y\xff\n',
      'rules/r.conf': '',
    });
    const location = { file: join(folder, 'rules/r.conf'), line: 7, column: 9 };
    const lines = readerOf(folder).read(location, '../a.data');
    expect(lines.map((line) => [line.text, line.location.line, line.location.column, line.isShown])).toStrictEqual([
      ['one', 3, 3, true],
      ['two words', 4, 1, true],
      ['\xa0y\xff', 6, 1, true],
    ]);
    expect(lines[0]?.location.file).toBe(join(folder, 'a.data'));
  });

  it('reports a missing file and an address at the operator', (test) => {
    const folder = ruleFolder(test, {});
    const location = { file: join(folder, 'r.conf'), line: 7, column: 9 };
    for (const [name, code] of [
      ['no.data', 'seclang.include'],
      ['https://example.org/list', 'seclang.unsupported'],
    ] as const) {
      expect(() => readerOf(folder).read(location, name)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof SeclangError);
          expect(error.code).toBe(code);
          expect(error.location).toStrictEqual(location);
          return true;
        }),
      );
    }
  });

  it('lets a pack read its own files only', (test) => {
    const folder = ruleFolder(test, { 'secret.data': 'root:x:0', 'pack/r.conf': '', 'pack/own.data': 'a' });
    const pack = join(folder, 'pack');
    symlinkSync('../secret.data', join(pack, 'link.data'));
    const location = { file: join(pack, 'r.conf'), line: 1, column: 1 };
    const reader = readerOf(pack, true);
    for (const name of ['../secret.data', 'link.data', join(folder, 'secret.data'), '/proc/self/environ']) {
      expect(() => reader.read(location, name)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof SeclangError);
          expect(error.message).toMatch(/r\.conf:1:1: cannot read .*: it is outside the pack$/);
          return !error.message.includes('root:x');
        }),
      );
    }
    expect(reader.read(location, 'own.data').map(({ text }) => text)).toStrictEqual(['a']);
  });

  it('marks content from elsewhere as not to be shown', (test) => {
    const folder = ruleFolder(test, { 'a.data': 'a', 'rules/r.conf': '' });
    const location = { file: join(folder, 'rules/r.conf'), line: 1, column: 1 };
    const [line] = readerOf(join(folder, 'rules')).read(location, '../a.data');
    expect(line?.isShown).toBe(false);
  });
});
