// The fuzzer itself: it must find a planted defect, minimise the input, and do the same for the same seed.

import { describe, expect, it } from 'vitest';
import { type CorpusInput, formatCorpus, parseCorpus } from './corpus.ts';
import { CoverageMap, coverageName, FeatureSet } from './coverage.ts';
import { type Finding, Fuzzer } from './fuzzer.ts';
import { instrument } from './instrument.ts';
import { Mutator, Random } from './mutator.ts';
import { createSharedInput, SharedInput } from './shared-input.ts';
import { targetList } from './target-list.ts';

/** A parser with a defect behind four bytes, which only coverage reveals. */
const planted = `
export function read(input: Uint8Array): number {
  let depth = 0;
  for (const byte of input) {
    if (depth === 0 && byte === 0x7b) depth = 1;
    else if (depth === 1 && byte === 0x13) depth = 2;
    else if (depth === 2 && byte === 0xd7) depth = 3;
    else if (depth === 3 && byte === 0x2a) throw new TypeError('planted');
    else depth = 0;
  }
  return depth;
}`;

async function fuzzPlanted(seed: number, runsMax: number): Promise<{ findings: Finding[]; last: Uint8Array }> {
  const coverage = new CoverageMap();
  Object.assign(globalThis, { [coverageName]: coverage });
  const source = instrument(planted, { branches: 0, words: new Set() }).replace(': Uint8Array): number', ')');
  const { read } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
    read: (input: Uint8Array) => number;
  };
  const findings: Finding[] = [];
  let last = new Uint8Array(0);
  const fuzzer = new Fuzzer({
    target: { inputBytesMax: 64, words: [], branchesMax: () => 10_000, run: (input) => void read(input) },
    coverage,
    seed,
    words: new Set(),
    shortens: true,
    onRun: (input) => {
      last = Uint8Array.from(input);
    },
    onFinding: (finding) => findings.push(finding),
  });
  await fuzzer.fuzz((runs) => runs >= runsMax || findings.length > 0);
  return { findings, last };
}

describe('Fuzzer', () => {
  it('finds a defect behind four bytes, and reports the shortest input', async () => {
    const { findings } = await fuzzPlanted(1, 400_000);
    expect(findings.map(({ input }) => [...input])).toStrictEqual([[0x7b, 0x13, 0xd7, 0x2a]]);
    expect(findings[0]?.error ?? '').toMatch(/TypeError: planted/);
  });

  it('does the same for the same seed', async () => {
    const [first, second, other] = [
      await fuzzPlanted(2, 2_000),
      await fuzzPlanted(2, 2_000),
      await fuzzPlanted(3, 2_000),
    ];
    expect(second).toStrictEqual(first);
    expect(other).not.toStrictEqual(first);
  });

  it('reports work without end', async () => {
    const coverage = new CoverageMap();
    const findings: Finding[] = [];
    const run = (input: Uint8Array): void => {
      for (let round = 0; round < input.length ** 2; round += 1) coverage.branch(1);
    };
    const fuzzer = new Fuzzer({
      target: { inputBytesMax: 500, words: [], branchesMax: (bytes) => 10 * bytes, run },
      coverage,
      seed: 1,
      words: new Set(),
      shortens: true,
      onRun: () => {},
      onFinding: (finding) => findings.push(finding),
    });
    await fuzzer.fuzz((runs) => runs > 50_000);
    expect(findings.map(({ input }) => input.length)).toStrictEqual([11]);
  });
});

describe('instrument', () => {
  const state = () => ({ branches: 0, words: new Set<string>() });
  const bodyOf = (text: string): string => instrument(text, state()).replace(/^.*?\.branch;/, '');

  const cases: readonly (readonly [string, string])[] = [
    ['if (a) b(); else c();', 'if (a) {__branch(1);b();} else {__branch(2);c();}'],
    ['if (a) { b(); }', 'if (a) {__branch(1); b(); }'],
    [
      'const f = (x: A): x is B => x ? y : z;',
      'const f = (x: A): x is B => (__branch(1),x ? (__branch(2),y) : (__branch(3),z));',
    ],
    ['a(b ?? (c as D));', 'a(b ?? ((__branch(1),c as D)));'],
    ['switch (a) { case 1: case 2: b(); }', 'switch (a) { case 1: case 2: __branch(1);b(); }'],
    ['while (a) b();', 'while (a) {__branch(1);b();}'],
    ['type A = B extends C ? D : E;', 'type A = B extends C ? D : E;'],
    ['class A { #b(): void { c(); } }', 'class A { #b(): void {__branch(1); c(); } }'],
  ];
  for (const [source, expected] of cases)
    it(`counts the branches of ${source}`, () => expect(bodyOf(source)).toBe(expected));

  it('collects literals, but no imports and no sentences', () => {
    const words = new Set<string>();
    instrument("import a from './a.ts';\nb('form-data', 'a sentence', 'x');", { branches: 0, words });
    expect([...words]).toStrictEqual(['form-data']);
  });
});

describe('CoverageMap', () => {
  it('distinguishes orders and magnitudes, and can be reset', () => {
    const coverage = new CoverageMap();
    const featuresOf = (...branches: readonly number[]): string => {
      coverage.reset();
      for (const branch of branches) coverage.branch(branch);
      return [...coverage.features()].join();
    };
    expect(featuresOf(1, 2)).toBe(featuresOf(1, 2));
    expect(featuresOf(1, 2)).not.toBe(featuresOf(2, 1));
    expect(featuresOf(1, 1, 1)).not.toBe(featuresOf(1, 1, 1, 1));
    expect(featuresOf(...Array(20).fill(1))).toBe(featuresOf(...Array(30).fill(1)));
    expect(coverage.branches).toBe(30);
  });

  it('knows what is new', () => {
    const seen = new FeatureSet();
    expect(seen.add(Uint32Array.of(1, 2))).toBe(true);
    expect(seen.add(Uint32Array.of(2))).toBe(false);
    expect([...seen.newOf(Uint32Array.of(2, 3))]).toStrictEqual([3]);
    expect(seen.size).toBe(2);
  });
});

describe('Mutator', () => {
  it('stays below the requested size, and accepts empty inputs', () => {
    const words = [Buffer.from('word')];
    const mutator = new Mutator({ random: new Random(1), inputBytesMax: 40, words });
    let input = new Uint8Array(0);
    for (let round = 0; round < 5_000; round += 1) {
      input = Uint8Array.from(mutator.mutate(round % 7 === 0 ? new Uint8Array(0) : input, input));
      expect(input.length).toBeLessThanOrEqual(40);
    }
  });
});

describe('a corpus', () => {
  it('keeps every byte, and the notes of inputs', () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const inputs: CorpusInput[] = [
      { bytes: every, note: 'all bytes' },
      { bytes: Uint8Array.from(Buffer.from('#not a note')) },
      { bytes: every },
      { bytes: new Uint8Array(0) },
    ];
    const [noted, empty, hash, ...rest] = parseCorpus(formatCorpus(inputs));
    expect(noted).toStrictEqual(inputs[0]);
    expect([empty, hash]).toStrictEqual([inputs[3], inputs[1]]);
    expect(rest.length).toBe(0);
  });
});

describe('SharedInput', () => {
  it('gives the last input and counts', () => {
    const memory = createSharedInput();
    const [writer, reader] = [new SharedInput(memory), new SharedInput(memory)];
    writer.write(Uint8Array.of(1, 2, 3));
    writer.write(Uint8Array.of(4));
    expect([...reader.read()]).toStrictEqual([4]);
    expect(reader.serial).toBe(2);
  });
});

describe('the list of targets', () => {
  it('names each once', () => {
    expect(new Set(targetList.map(({ name }) => name)).size).toBe(targetList.length);
  });
});
