import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import type { Statement } from '../../src/seclang/ast.ts';
import { byName, DataReader, isFile, isFolder, RuleReader } from '../../src/seclang/include.ts';
import { SeclangError, SeclangErrors } from '../../src/seclang/seclang-error.ts';
import { ruleFolder } from './rule-folder.ts';

/** Marker labels in order, and errors without the folder's path. */
function read(folder: string, file = 'main.conf'): { labels: string[]; errors: string[] } {
  const reader = new RuleReader();
  const tree = reader.readFile(join(folder, file));
  return {
    labels: tree.statements.map((one: Statement) => (one.kind === 'marker' ? one.label : one.kind)),
    errors: reader.errors.map((error) => error.message.replaceAll(`${folder}/`, '')),
  };
}

function readAll(test: TestContext, files: Readonly<Record<string, string>>) {
  return read(ruleFolder(test, files));
}

describe('RuleReader', () => {
  it('puts included files in the place of the Include', (test) => {
    const found = readAll(test, {
      'main.conf': 'SecMarker 1\nInclude sub/a.conf\nSecMarker 4\n',
      'sub/a.conf': 'SecMarker 2\nInclude b.conf\n',
      'sub/b.conf': 'SecMarker 3\n',
    });
    assert.deepEqual(found, { labels: ['1', '2', '3', '4'], errors: [] });
  });

  it('gives statements the places of the files they stand in', (test) => {
    const folder = ruleFolder(test, { 'main.conf': 'Include a.conf', 'a.conf': '\n SecMarker A' });
    const { statements } = new RuleReader().readFile(join(folder, 'main.conf'));
    assert.deepEqual(statements[0]?.location, { file: join(folder, 'a.conf'), line: 2, column: 2 });
  });

  it('expands wildcards in order of name, in folders too', (test) => {
    const found = readAll(test, {
      'main.conf': 'Include rules-*/[0-9]?.conf',
      'rules-b/10.conf': 'SecMarker b10',
      'rules-a/20.conf': 'SecMarker a20',
      'rules-a/10.conf': 'SecMarker a10',
      'rules-a/100.conf': 'SecMarker no',
      'rules-a/.5.conf': 'SecMarker no',
      'rules-a/10.conf.example': 'SecMarker no',
      'other/10.conf': 'SecMarker no',
    });
    assert.deepEqual(found, { labels: ['a10', 'a20', 'b10'], errors: [] });
  });

  it('takes absolute paths', (test) => {
    const folder = ruleFolder(test, { 'a.conf': 'SecMarker A' });
    const other = ruleFolder(test, { 'main.conf': `Include ${folder}/a.conf\nInclude "${folder}/*.conf"` });
    assert.deepEqual(read(other), { labels: ['A', 'A'], errors: [] });
  });

  it('takes names that are UTF-8', (test) => {
    const folder = ruleFolder(test, { 'main.conf': 'Include \xc3\xa9.conf', 'é.conf': 'SecMarker A' });
    assert.deepEqual(read(folder).labels, ['A']);
  });

  it('lets IncludeOptional match nothing', (test) => {
    const found = readAll(test, { 'main.conf': 'IncludeOptional a.conf\nIncludeOptional b/*.conf\nSecMarker A' });
    assert.deepEqual(found, { labels: ['A'], errors: [] });
  });

  it('reports what an Include does not find', (test) => {
    const { errors } = readAll(test, { 'main.conf': 'SecMarker A\n  Include a.conf\nInclude *.data\nInclude ""' });
    assert.match(errors[0] ?? '', /^main\.conf:2:3: cannot read .*a\.conf": ENOENT/);
    assert.equal(errors[1], 'main.conf:3:1: no file matches "*.data" (IncludeOptional allows that)');
    assert.equal(errors[2], 'main.conf:4:1: the path of the Include is empty');
  });

  it('reports a folder', (test) => {
    const { errors } = readAll(test, { 'main.conf': 'Include sub', 'sub/a.conf': '' });
    assert.match(errors[0] ?? '', /^main\.conf:1:1: ".*sub" is not a file$/);
  });

  it('reports a cycle at the Include that closes it', (test) => {
    const { labels, errors } = readAll(test, {
      'main.conf': 'Include a.conf\nSecMarker A',
      'a.conf': '\nInclude ./main.conf\nSecMarker B',
    });
    assert.deepEqual(labels, ['B', 'A']);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /^a\.conf:2:1: "main\.conf" includes itself$/);
  });

  it('takes the same file twice where it is no cycle', (test) => {
    const found = readAll(test, { 'main.conf': 'Include a.conf\nInclude a.conf', 'a.conf': 'SecMarker A' });
    assert.deepEqual(found, { labels: ['A', 'A'], errors: [] });
  });

  it('bounds the depth', (test) => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          index === 0 ? 'main.conf' : `${index}.conf`,
          index === length - 1 ? 'SecMarker end' : `Include ${index + 1}.conf`,
        ]),
      );
    assert.deepEqual(readAll(test, chain(limits.includeDepthMax + 1)), { labels: ['end'], errors: [] });
    const { errors } = readAll(test, chain(limits.includeDepthMax + 2));
    assert.deepEqual(errors, [
      `${limits.includeDepthMax}.conf:1:1: includes are nested ${limits.includeDepthMax + 1} deep, limit ${limits.includeDepthMax}`,
    ]);
  });

  it('bounds the number of files', (test) => {
    const files: Record<string, string> = { 'f.conf': '' };
    for (const level of [0, 1, 2, 3])
      files[`${level}.conf`] = `Include ${level === 3 ? 'f' : level + 1}.conf\n`.repeat(10);
    const folder = ruleFolder(test, { ...files, 'main.conf': 'Include 0.conf' });
    const reader = new RuleReader();
    assert.throws(
      () => reader.readFile(join(folder, 'main.conf')),
      (error) =>
        error instanceof SeclangErrors && error.errors.length === 1 && /files are included/.test(error.message),
    );
  });

  it('keeps the errors of all files', (test) => {
    const { errors } = readAll(test, {
      'main.conf': 'SecFoo\nInclude a.conf\nSecBar',
      'a.conf': '\nSecRule ARGS @foo',
    });
    assert.deepEqual(errors, [
      'main.conf:1:1: unknown directive "SecFoo"',
      'main.conf:3:1: unknown directive "SecBar"',
      'a.conf:2:14: unknown operator "@foo"',
    ]);
  });
});

describe('DataReader', () => {
  it('reads entries beside the rule file, with their places', (test) => {
    const folder = ruleFolder(test, {
      'a.data': '# comment\n\n  one \r\ntwo words\n\t#x\n\xa0y\xff\n',
      'rules/r.conf': '',
    });
    const location = { file: join(folder, 'rules/r.conf'), line: 7, column: 9 };
    const lines = new DataReader().read(location, '../a.data');
    assert.deepEqual(
      lines.map((line) => [line.text, line.location.line, line.location.column]),
      [
        ['one', 3, 3],
        ['two words', 4, 1],
        ['\xa0y\xff', 6, 1],
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
        () => new DataReader().read(location, name),
        (error) => {
          assert.ok(error instanceof SeclangError);
          assert.equal(error.code, code);
          assert.deepEqual(error.location, location);
          return true;
        },
      );
    }
  });

  it('refuses a file above the bound without reading it', (test) => {
    const folder = ruleFolder(test, { 'big.data': 'x'.repeat(limits.ruleFileBytesMax + 1) });
    const location = { file: join(folder, 'r.conf'), line: 1, column: 1 };
    assert.throws(
      () => new DataReader().read(location, 'big.data'),
      new RegExp(`is ${limits.ruleFileBytesMax + 1} bytes, limit ${limits.ruleFileBytesMax}`),
    );
  });
});

describe('byName', () => {
  it('orders by code unit', () => {
    assert.deepEqual(['b', 'B', 'a10', 'a2', 'a'].sort(byName), ['B', 'a', 'a10', 'a2', 'b']);
  });
});

describe('isFile and isFolder', () => {
  it('tell files, folders and nothing apart', (test) => {
    const folder = ruleFolder(test, { a: '' });
    assert.deepEqual([isFile(folder), isFolder(folder)], [false, true]);
    assert.deepEqual([isFile(join(folder, 'a')), isFolder(join(folder, 'a'))], [true, false]);
    assert.deepEqual([isFile(join(folder, 'b')), isFolder(join(folder, 'b'))], [false, false]);
  });
});
