import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type NativePattern, nativeAddon, type SetSource } from '../../src/matching/native.ts';
import { OpeningSets, packSets } from '../../src/matching/opening-sets.ts';
import { compilePatterns } from '../../src/matching/pattern-set.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const needed = new Uint8Array(32).fill(1, 4, 5);
const regex = (id: number, source: string, more: Partial<NativePattern> = {}): NativePattern => ({
  id,
  engine: 'hyperscan',
  kind: 'regex',
  source,
  re2Source: source,
  caseless: false,
  ...more,
});

/** Every engine, kind, use and member. */
const sources: readonly SetSource[] = [
  {
    use: 'any',
    patterns: [regex(1, 'a+b'), regex(2, 'c', { caseless: true }), regex(3, 'x{3}', { required: [needed] })],
  },
  { use: 'block', patterns: ['evil', 'w\0rse\xff'].map((source) => regex(4, source, { kind: 'literal' })) },
  { use: 'stream', patterns: [regex(5, '(a)(b)', { engine: 're2', longestMatchBytes: 2 })] },
  { use: 'merged', patterns: [regex(6, 'é'), regex(7, 'd', { engine: 're2', plainSource: 'd' })] },
  { use: 'block', patterns: [{ ...regex(8, 'sqli'), engine: 'detector' }] },
  { use: 'any', patterns: [] },
];

async function compiledIn(folder: string): Promise<void> {
  for (const { patterns, use } of sources) (await compilePatterns(patterns, { cacheFolder: folder, use })).close();
}

describe('OpeningSets', () => {
  it('opens what was packed as it is compiled', async (test) => {
    const folder = join(ruleFolder(test, {}), 'cache');
    await compiledIn(folder);
    const before = nativeAddon().openHandles();
    const sets = (await new OpeningSets(packSets(sources), folder).take()) ?? [];
    expect(sets.length).toBe(sources.length);
    for (const [index, { patterns, use }] of sources.entries()) {
      const compiled = await compilePatterns(patterns, { cacheFolder: folder, use });
      const opened = sets[index];
      expect({ ...opened?.report, compileMs: 0 }).toStrictEqual({ ...compiled.report, compileMs: 0 });
      for (const { id, engine } of patterns) {
        if (engine === 'detector') continue;
        for (const value of ['aab', 'C', 'xxx', 'evil', 'ab', '', 'd']) {
          expect(opened?.locate(id, bytesOf(value))).toStrictEqual(compiled.locate(id, bytesOf(value)));
        }
      }
      compiled.close();
    }
    for (const set of sets) set.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('holds none if one is missing or damaged, or if they are not wanted', async (test) => {
    const folder = join(ruleFolder(test, {}), 'cache');
    await compiledIn(folder);
    const before = nativeAddon().openHandles();
    const packed = packSets(sources);
    const closed = new OpeningSets(packed, folder);
    await closed.close();
    await closed.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
    const [first = '', second = ''] = readdirSync(folder);
    writeFileSync(join(folder, first), 'damaged');
    expect(await new OpeningSets(packed, folder).take()).toBe(undefined);
    rmSync(join(folder, second));
    expect(await new OpeningSets(packed, folder).take()).toBe(undefined);
    expect(await new OpeningSets(packed, '/nowhere').take()).toBe(undefined);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('refuses bytes that were not packed so', async () => {
    const packed = packSets(sources);
    const lengthened = Uint8Array.from([...packed, 0]);
    const unknownUse = Uint8Array.from(packed);
    unknownUse[4] = 4;
    const manySets = Uint8Array.from(packed).fill(0xff, 0, 4);
    const cut = Array.from({ length: packed.length }, (_, length) => packed.slice(0, length));
    for (const bytes of [...cut, lengthened, unknownUse, manySets]) {
      await expect(new OpeningSets(bytes, '/nowhere').take()).rejects.toMatchObject({ code: 'native.argument' });
    }
    await new OpeningSets(lengthened, '/nowhere').close();
    expect(() => packSets([{ use: 'all' as 'any', patterns: [] }])).toThrow(/use is unknown/);
    expect(() => new OpeningSets('x' as unknown as Uint8Array, '/nowhere')).toThrow(/packed must be a Uint8Array/);
  });
});
