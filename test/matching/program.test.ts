// Programs whose sets are shared and merged give the same results as plain ones.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runInTurns } from '../../src/base/turn.ts';
import type { HitBuffer } from '../../src/matching/hits.ts';
import { type NativePattern, nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import {
  type CompiledProgram,
  type CompileProgramOptions,
  openProgram,
  type ProgramLayout,
  planProgram,
} from '../../src/matching/program.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan, scanBatch } from '../../src/matching/scan.ts';
import { chainOf, literal, regex } from '../support/matching.ts';

/** Bytes as the set a pattern requires. */
function needs(text: string): Uint8Array {
  const set = new Uint8Array(32);
  for (const byte of Buffer.from(text, 'latin1')) set[byte >> 3] = (set[byte >> 3] as number) | (1 << (byte & 7));
  return set;
}

const chains = [
  [],
  chainOf('lowercase'),
  chainOf('urlDecodeUni'),
  chainOf('urlDecodeUni', 'lowercase'),
  chainOf('removeWhitespace'),
  chainOf('htmlEntityDecode'),
];

function patternsOf(chain: number): NativePattern[] {
  const id = 10 * chain;
  return [
    regex(id, 'ab+'),
    regex(id + 1, 'a<b', { required: [needs('<')] }),
    literal(id + 2, 'c:d'),
    literal(id + 2, 'E F'),
    regex(id + 3, 'b\\b', { engine: 're2', required: [needs('b')] }),
    regex(id + 4, '^.?$'),
  ];
}

const sets = [...chains.map((_, chain) => patternsOf(chain)), patternsOf(0).slice(0, 5), [regex(99, 'x+')]];
const layout: ProgramLayout = {
  chains,
  sets,
  classes: [
    chains.map((_, chain) => ({ chain, set: chain })),
    [{ chain: 0, set: 6 }],
    [{ chain: 0, set: 7 }],
    [
      { chain: 0, set: 6 },
      { chain: 1, set: 1 },
      { chain: 2, set: 2 },
      { chain: 3, set: 3 },
    ],
  ],
};

async function plain(): Promise<ScanProgram> {
  const compiled = await Promise.all(sets.map((patterns) => compilePatterns(patterns)));
  const program = new ScanProgram({
    chains,
    classes: layout.classes.map((scans) =>
      scans.map(({ chain, set }) => ({ chain, set: (compiled[set] as { handle: number }).handle })),
    ),
  });
  for (const set of compiled) set.close();
  return program;
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

function found(hits: HitBuffer): string[] {
  return Array.from({ length: hits.count }, (_, n) => `${hits.fieldAt(n)}:${hits.patternAt(n)}@${hits.toAt(n)}`).sort(
    (a, b) => (a < b ? -1 : 1),
  );
}

/** A program of a layout. */
async function compileProgram(
  wanted: ProgramLayout,
  { mergedPatternsMin, ...options }: CompileProgramOptions & { readonly mergedPatternsMin?: number } = {},
): Promise<CompiledProgram> {
  return openProgram(await runInTurns(planProgram(wanted, new Pace(), mergedPatternsMin)), options);
}

describe('openProgram', () => {
  it('shares sets that overlap on a chain', async () => {
    const { program, sets: own, distinctSets } = await compileProgram(layout, { mergedPatternsMin: 4 });
    expect(own[6], 'a part of a set uses that set').toBe(own[0]);
    expect(own[7], 'a foreign set stays alone').not.toBe(own[0]);
    expect(distinctSets.length, 'one merged set, one a chain, and the foreign one').toBe(1 + chains.length + 1);
    expect(own[0]?.locate(1, Buffer.from('xa<b'))).toStrictEqual([{ from: 1, to: 4 }]);
    program.close();
    for (const set of distinctSets) set.close();
  });

  it('gives the results of the plain program, in blocks and streams', async () => {
    const { program, distinctSets } = await compileProgram(layout, { mergedPatternsMin: 4 });
    const reference = await plain();
    const tokens = ['a', 'b', 'B', 'A', ' ', '<', '&lt;', '%3C', '%41', 'c:d', 'e f', 'x', '_', 'E%20F', '%'];
    const values = fc.array(
      fc.array(fc.constantFrom(...tokens), { maxLength: 8 }).map((parts) => parts.join('')),
      {
        maxLength: 6,
      },
    );
    const scanned = (target: ScanProgram, list: readonly string[]): string[] => {
      const batch = new FieldBatch();
      list.forEach((value, index) => {
        for (let fieldClass = 0; fieldClass < layout.classes.length; fieldClass += 1)
          batch.add((index + fieldClass) % 4, value);
      });
      const hits = createBatchHits();
      scanBatch(target, batch, hits);
      return found(hits);
    };
    const streamed = (target: ScanProgram, value: string): string[] => {
      const stream = new StreamScan(target, 0);
      const hits = createStreamHits(target);
      stream.feed(Buffer.from(value, 'latin1'), hits);
      const first = found(hits);
      stream.end(hits);
      return [...first, ...found(hits)].sort(byText);
    };
    fc.assert(
      fc.property(values, (list) => {
        expect(scanned(program, list)).toStrictEqual(scanned(reference, list));
        for (const value of list) expect(streamed(program, value)).toStrictEqual(streamed(reference, value));
      }),
      { numRuns: 300 },
    );
    program.close();
    reference.close();
    for (const set of distinctSets) set.close();
  });

  it('makes no stream databases if there are no streams', async () => {
    const { program, sets: own, distinctSets } = await compileProgram({ ...layout, streamedClasses: new Set([2]) });
    expect(own[1]?.report.streamBytes).toBe(0);
    expect(own[7]?.report.streamBytes ?? 0).toBeGreaterThan(0);
    expect(() => new StreamScan(program, 0)).toThrow(expect.objectContaining({ code: 'native.argument' }));
    new StreamScan(program, 2).discard();
    program.close();
    for (const set of distinctSets) set.close();
  });

  it('reports its progress', async () => {
    const seen: string[] = [];
    const { program, distinctSets } = await compileProgram(layout, {
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(seen.at(-1)).toStrictEqual(`${distinctSets.length}/${distinctSets.length}`);
    program.close();
    for (const set of distinctSets) set.close();
  });

  it('leaves nothing open when a pattern does not compile', async () => {
    const before = nativeAddon().openHandles();
    const broken = { ...layout, sets: layout.sets.map((patterns, n) => (n === 5 ? [regex(55, '(')] : patterns)) };
    await expect(compileProgram(broken)).rejects.toThrow(expect.objectContaining({ code: 'pattern.compile' }));
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
