import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { RuleReader } from '../../src/seclang/include.ts';
import { MemorySource } from '../../src/seclang/memory-source.ts';
import { FileReader } from '../../src/seclang/rule-file.ts';

const source = (files: Readonly<Record<string, string>>, name = 'packs/a.tgz') =>
  new MemorySource(name, new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));

describe('MemorySource', () => {
  it('reads, lists and finds its files', () => {
    const pack = source({ 'a.conf': 'A', 'lists/b.data': 'B', 'lists/deep/c.data': 'C' });
    expect(Buffer.from(pack.read('packs/a.tgz/lists/../a.conf').bytes).toString()).toBe('A');
    expect(pack.list('packs/a.tgz')).toStrictEqual(['a.conf', 'lists']);
    expect(pack.list('packs/a.tgz/lists')).toStrictEqual(['b.data', 'deep']);
    expect(['a.conf', 'lists', '.', 'no', '../b'].map((name) => pack.kindOf(`packs/a.tgz/${name}`))).toStrictEqual([
      'file',
      'folder',
      'folder',
      undefined,
      undefined,
    ]);
  });

  it('knows nothing of the disk', () => {
    const pack = source({ 'a.conf': '' }, '/packs/a.tgz');
    for (const name of ['/etc/passwd', '/packs/a.tgz/../b.tgz/a.conf', '/packs/a.tgz/../../etc/passwd', '..']) {
      expect(() => pack.read(name), name).toThrow(/^it is outside the pack$/);
      expect(() => pack.list(name), name).toThrow(/^it is outside the pack$/);
    }
    expect(() => pack.read('/packs/a.tgz/no.conf')).toThrow(/^it is not in the pack$/);
  });

  it('limits each file', () => {
    const files = new Map([['big.data', Buffer.alloc(constants.ruleFileBytesMax + 1)]]);
    expect(() => new MemorySource('a.tgz', files).read('a.tgz/big.data')).toThrow(/^it is larger than \d+ bytes$/);
  });

  for (const name of ['a.tgz', 'packs/a.tgz', '/packs/a.tgz', './packs/../a.tgz']) {
    it(`confines includes, also with wildcards, to ${name}`, () => {
      const pack = source(
        {
          'main.conf': 'Include rules/*.conf\nIncludeOptional no/*.conf\nIncludeOptional x.conf',
          'rules/b.conf': 'SecMarker B',
          'rules/a.conf': 'SecMarker A\nInclude ../c.conf',
          'c.conf': 'SecMarker C',
        },
        name,
      );
      const reader = new RuleReader(new FileReader(), new Pace());
      const tree = runAtOnce(reader.readFile(`${name}/main.conf`, { folder: name, isConfined: true, source: pack }));
      expect(reader.errors).toStrictEqual([]);
      expect(tree.statements.map((one) => (one.kind === 'marker' ? one.label : one.kind))).toStrictEqual([
        'A',
        'C',
        'B',
      ]);
    });
  }

  it('rejects includes that lead outside', () => {
    const main = 'Include /etc/passwd\nInclude ../*.conf\nInclude /etc/*.conf';
    const reader = new RuleReader(new FileReader(), new Pace());
    const name = '/packs/a.tgz';
    const root = { folder: name, isConfined: true, source: source({ 'main.conf': main }, name) };
    runAtOnce(reader.readFile(`${name}/main.conf`, root));
    expect(reader.errors.map(({ message }) => message.replace(/^.*?: /, ''))).toStrictEqual([
      'cannot read "/etc/passwd": it is outside the pack',
      'cannot list "/packs": it is outside the pack',
      'cannot list "/etc": it is outside the pack',
    ]);
  });
});
