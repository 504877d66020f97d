import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import type { Statement } from '../../src/seclang/ast.ts';
import { RuleReader } from '../../src/seclang/include.ts';
import { FileReader, rootOf } from '../../src/seclang/rule-file.ts';
import { SeclangErrors } from '../../src/seclang/seclang-error.ts';
import { ruleFolder } from './rule-folder.ts';

/** Marker labels in order, and errors without the folder's path. */
function read(folder: string, isPack = false, file = 'main.conf'): { labels: string[]; errors: string[] } {
  const reader = new RuleReader(new FileReader(), new Pace());
  const tree = runAtOnce(reader.readFile(join(folder, file), rootOf(folder, isPack)));
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
    expect(found).toStrictEqual({ labels: ['1', '2', '3', '4'], errors: [] });
  });

  it('gives statements the places in their own files', (test) => {
    const folder = ruleFolder(test, { 'main.conf': 'Include a.conf', 'a.conf': '\n SecMarker A' });
    const reader = new RuleReader(new FileReader(), new Pace());
    const { statements } = runAtOnce(reader.readFile(join(folder, 'main.conf'), rootOf(folder)));
    expect(statements[0]?.location).toStrictEqual({ file: join(folder, 'a.conf'), line: 2, column: 2 });
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
    expect(found).toStrictEqual({ labels: ['a10', 'a20', 'b10'], errors: [] });
  });

  it('accepts absolute paths', (test) => {
    const folder = ruleFolder(test, { 'a.conf': 'SecMarker A' });
    const other = ruleFolder(test, { 'main.conf': `Include ${folder}/a.conf\nInclude "${folder}/*.conf"` });
    expect(read(other)).toStrictEqual({ labels: ['A', 'A'], errors: [] });
  });

  it('accepts names in UTF-8', (test) => {
    const folder = ruleFolder(test, { 'main.conf': 'Include \xc3\xa9.conf', 'é.conf': 'SecMarker A' });
    expect(read(folder).labels).toStrictEqual(['A']);
  });

  it('lets IncludeOptional match nothing', (test) => {
    const found = readAll(test, { 'main.conf': 'IncludeOptional a.conf\nIncludeOptional b/*.conf\nSecMarker A' });
    expect(found).toStrictEqual({ labels: ['A'], errors: [] });
  });

  it('reports what an Include does not find', (test) => {
    const { errors } = readAll(test, { 'main.conf': 'SecMarker A\n  Include a.conf\nInclude *.data\nInclude ""' });
    expect(errors[0] ?? '').toMatch(/^main\.conf:2:3: cannot read .*a\.conf": no such file$/);
    expect(errors[1]).toBe('main.conf:3:1: no file matches "*.data" (IncludeOptional allows that)');
    expect(errors[2]).toBe('main.conf:4:1: the path of the Include is empty');
  });

  it('reports a folder', (test) => {
    const { errors } = readAll(test, { 'main.conf': 'Include sub', 'sub/a.conf': '' });
    expect(errors[0] ?? '').toMatch(/^main\.conf:1:1: cannot read ".*sub": it is not a regular file$/);
  });

  it('reports a cycle at the Include that closes it', (test) => {
    const { labels, errors } = readAll(test, {
      'main.conf': 'Include a.conf\nSecMarker A',
      'a.conf': '\nInclude ./main.conf\nSecMarker B',
    });
    expect(labels).toStrictEqual(['B', 'A']);
    expect(errors.length).toBe(1);
    expect(errors[0] ?? '').toMatch(/^a\.conf:2:1: "main\.conf" includes itself$/);
  });

  it('accepts the same file twice if it is not a cycle', (test) => {
    const found = readAll(test, { 'main.conf': 'Include a.conf\nInclude a.conf', 'a.conf': 'SecMarker A' });
    expect(found).toStrictEqual({ labels: ['A', 'A'], errors: [] });
  });

  it('limits the depth', (test) => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          index === 0 ? 'main.conf' : `${index}.conf`,
          index === length - 1 ? 'SecMarker end' : `Include ${index + 1}.conf`,
        ]),
      );
    expect(readAll(test, chain(constants.includeDepthMax + 1))).toStrictEqual({ labels: ['end'], errors: [] });
    const { errors } = readAll(test, chain(constants.includeDepthMax + 2));
    expect(errors).toStrictEqual([
      `${constants.includeDepthMax}.conf:1:1: includes are nested ${constants.includeDepthMax + 1} deep, limit ${constants.includeDepthMax}`,
    ]);
  });

  it('limits the number of files', (test) => {
    const files: Record<string, string> = { 'f.conf': '' };
    for (const level of [0, 1, 2, 3])
      files[`${level}.conf`] = `Include ${level === 3 ? 'f' : level + 1}.conf\n`.repeat(10);
    const folder = ruleFolder(test, { ...files, 'main.conf': 'Include 0.conf' });
    const reader = new RuleReader(new FileReader(), new Pace());
    expect(() => runAtOnce(reader.readFile(join(folder, 'main.conf'), rootOf(folder)))).toThrow(
      expect.toSatisfy(
        (error) =>
          error instanceof SeclangErrors && error.errors.length === 1 && /files are included/.test(error.message),
      ),
    );
  });

  it('keeps the errors of all files', (test) => {
    const { errors } = readAll(test, {
      'main.conf': 'SecFoo\nInclude a.conf\nSecBar',
      'a.conf': '\nSecRule ARGS @foo',
    });
    expect(errors).toStrictEqual([
      'main.conf:1:1: unknown directive "SecFoo"',
      'main.conf:3:1: unknown directive "SecBar"',
      'a.conf:2:14: unknown operator "@foo"',
    ]);
  });
});

describe('an Include of a pack', () => {
  /** A pack next to a folder that it may not read, with links into both. */
  function packBeside(test: TestContext, include: string) {
    const folder = ruleFolder(test, {
      'secret/shadow': 'root:$6$salt:19000:0\nuser:x:1\n',
      'secret/s.conf': 'SecMarker stolen',
      'pack/sub/own.conf': 'SecMarker own',
      'pack/main.conf': `Include ${include.replace('$SECRET', '$FOLDER/secret')}`,
    });
    const pack = join(folder, 'pack');
    for (const [to, link] of [
      ['../secret', 'out'],
      ['../secret/shadow', 'shadow'],
      ['../secret/s.conf', 'link.conf'],
      ['sub/own.conf', 'inside.conf'],
      ['.', 'again'],
    ] as const) {
      symlinkSync(to, join(pack, link));
    }
    return pack;
  }

  const outside = [
    '../secret/shadow',
    '../secret/s.conf',
    'sub/../../secret/s.conf',
    'shadow',
    'link.conf',
    'out/s.conf',
    'out/*.conf',
    '../secret/*.conf',
    '../*/s.conf',
    'link.con?',
    'again/link.conf',
    '/etc/passwd',
    '/etc/pass*',
    '/proc/self/environ',
  ];
  for (const include of outside) {
    it(`reaches nothing through ${include}`, (test) => {
      const { labels, errors } = read(packBeside(test, include), true);
      expect(labels).toStrictEqual([]);
      expect(errors.length).toBe(1);
      expect(errors[0] ?? '').toMatch(/^main\.conf:1:1: cannot (?:read|list) .*: it is outside the pack$/);
    });
  }

  for (const include of [
    'sub/own.conf',
    'inside.conf',
    'again/again/inside.conf',
    'sub/../sub/*.conf',
    'insid?.conf',
  ]) {
    it(`reads the pack's own files through ${include}`, (test) => {
      expect(read(packBeside(test, include), true)).toStrictEqual({ labels: ['own'], errors: [] });
    });
  }

  it('cannot be made to read more and more folders', (test) => {
    const folder = ruleFolder(test, { 'main.conf': `Include ${'[ab]/'.repeat(40)}x.conf` });
    for (const name of ['a', 'b']) symlinkSync('.', join(folder, name));
    const reader = new RuleReader(new FileReader(), new Pace());
    expect(() => runAtOnce(reader.readFile(join(folder, 'main.conf'), rootOf(folder, true)))).toThrow(
      /more than \d+ files are incl/,
    );
  });
});

describe("an Include that is not a pack's", () => {
  it('may name any file, but shows nothing of one elsewhere that is not a rule file', (test) => {
    const other = ruleFolder(test, { shadow: 'root:$6$salt:19000:0\nuser:x:1\n' });
    const folder = ruleFolder(test, { 'main.conf': `SecMarker A\nInclude ${other}/shadow` });
    const { labels, errors } = read(folder);
    expect(labels).toStrictEqual(['A']);
    expect(errors).toStrictEqual([
      `${other}/shadow:1:1: cannot be read as rules; its text is not shown because it is outside ${folder}`,
    ]);
  });

  for (const name of ['@coraza.conf-recommended', '@owasp_crs/*.conf', '@crs-setup.conf.example']) {
    it(`reports where ${name} is from`, (test) => {
      const { errors } = readAll(test, { 'main.conf': `Include ${name}` });
      expect(errors.length).toBe(1);
      expect(errors[0] ?? '').toMatch(/is built into Coraza; write the path of the file, or give --rules the folder/);
    });
  }
});
