import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DataReader } from '../../src/seclang/data-file.ts';
import { FileReader, rootOf } from '../../src/seclang/rule-file.ts';
import { SeclangError } from '../../src/seclang/seclang-error.ts';
import { ruleFolder } from './rule-folder.ts';

const readerOf = (folder: string, isPack = false) => new DataReader(new FileReader(), () => rootOf(folder, isPack));

describe('DataReader', () => {
  it('reads entries beside the rule file, with their places', (test) => {
    const folder = ruleFolder(test, {
      'a.data': '# comment\n\n  one \r\ntwo words\n\t#x\n\xa0y\xff\n',
      'rules/r.conf': '',
    });
    const location = { file: join(folder, 'rules/r.conf'), line: 7, column: 9 };
    const lines = readerOf(folder).read(location, '../a.data');
    assert.deepEqual(
      lines.map((line) => [line.text, line.location.line, line.location.column, line.isShown]),
      [
        ['one', 3, 3, true],
        ['two words', 4, 1, true],
        ['\xa0y\xff', 6, 1, true],
      ],
    );
    assert.equal(lines[0]?.location.file, join(folder, 'a.data'));
  });

  it('reports a missing file and an address at the operator', (test) => {
    const folder = ruleFolder(test, {});
    const location = { file: join(folder, 'r.conf'), line: 7, column: 9 };
    for (const [name, code] of [
      ['no.data', 'seclang.include'],
      ['https://example.org/list', 'seclang.unsupported'],
    ] as const) {
      assert.throws(
        () => readerOf(folder).read(location, name),
        (error) => {
          assert.ok(error instanceof SeclangError);
          assert.equal(error.code, code);
          assert.deepEqual(error.location, location);
          return true;
        },
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
      assert.throws(
        () => reader.read(location, name),
        (error) => {
          assert.ok(error instanceof SeclangError);
          assert.match(error.message, /r\.conf:1:1: cannot read .*: it is outside the pack$/);
          return !error.message.includes('root:x');
        },
      );
    }
    assert.deepEqual(
      reader.read(location, 'own.data').map(({ text }) => text),
      ['a'],
    );
  });

  it('marks what comes from elsewhere as not to be shown', (test) => {
    const folder = ruleFolder(test, { 'a.data': 'a', 'rules/r.conf': '' });
    const location = { file: join(folder, 'rules/r.conf'), line: 1, column: 1 };
    const [line] = readerOf(join(folder, 'rules')).read(location, '../a.data');
    assert.equal(line?.isShown, false);
  });
});
