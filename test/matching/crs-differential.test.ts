// Every regular expression of the CRS on thousands of values: the matcher's result, block or stream, alone or merged, is
// that of RE2 for each pattern by itself, and that of V8 if it supports the pattern.

import { describe, expect, it } from 'vitest';
import type { HitBuffer } from '../../src/matching/hits.ts';
import type { NativePattern } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan, scanBatch } from '../../src/matching/scan.ts';
import { crsMissing } from '../support/crs-folder.ts';
import { type CrsPattern, crsPatterns, crsTestValues } from '../support/crs-patterns.ts';

/** A seeded generator, so that a failure can be repeated. */
function createRandom(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** Bytes no test thought of: random ones, pieces of attacks run together, padded attacks. */
function inventedValues(attacks: readonly string[], count: number): string[] {
  const random = createRandom(42);
  const pick = (list: readonly string[]): string => list[random(list.length)] as string;
  const bytes = (length: number, end: number): string =>
    Array.from({ length }, () => String.fromCharCode(random(end))).join('');
  return Array.from({ length: count }, (_, n) => {
    switch (n % 4) {
      case 0:
        return bytes(random(200), 256);
      case 1:
        return bytes(random(200), 128);
      case 2: {
        const [left, right] = [pick(attacks), pick(attacks)];
        return left.slice(0, random(left.length)) + right.slice(random(right.length));
      }
      default:
        return `${'.'.repeat(random(300))}${pick(attacks)}${' '.repeat(random(80))}`;
    }
  });
}

/** For each value the ids found, as text. */
function answers(hits: HitBuffer, count: number): string[] {
  const found: number[][] = Array.from({ length: count }, () => []);
  for (let n = 0; n < hits.count; n += 1) found[hits.fieldAt(n)]?.push(hits.patternAt(n));
  return found.map((ids) => ids.sort((a, b) => a - b).join());
}

/** Scans values in batches. */
function scanAll(program: ScanProgram, values: readonly string[]): string[] {
  const hits = createBatchHits();
  const batch = new FieldBatch();
  const result: string[] = [];
  const flush = (): void => {
    scanBatch(program, batch, hits);
    result.push(...answers(hits, batch.count));
    batch.clear();
  };
  for (const value of values) {
    if (batch.isFullFor(value.length)) flush();
    batch.add(0, value);
  }
  flush();
  return result;
}

/** Scans values as streams, each cut at a different place. */
function streamAll(program: ScanProgram, values: readonly string[]): string[] {
  const hits = createStreamHits(program);
  return values.map((value, n) => {
    const bytes = Buffer.from(value, 'latin1');
    const cut = (n * 7_919) % (bytes.length + 1);
    const stream = new StreamScan(program, 0);
    const ids: number[] = [];
    const take = (): void => {
      for (let at = 0; at < hits.count; at += 1) ids.push(hits.patternAt(at));
    };
    stream.feed(bytes.subarray(0, cut), hits);
    take();
    stream.feed(bytes.subarray(cut), hits);
    take();
    stream.end(hits);
    take();
    return ids.sort((a, b) => a - b).join();
  });
}

const without = (all: Iterable<string>, some: ReadonlySet<string>): string[] => [...all].filter((id) => !some.has(id));

/** Asserts that two lists of results are the same, and names the first rules and values that differ. */
function assertSame(
  actual: readonly string[],
  expected: readonly string[],
  context: { patterns: readonly CrsPattern[]; values: readonly string[] },
): void {
  const lines: string[] = [];
  expected.forEach((wanted, n) => {
    if (actual[n] === wanted) return;
    const [left, right] = [new Set(actual[n]?.split(',')), new Set(wanted.split(','))];
    const named = (ids: Iterable<string>): string =>
      [...ids].map((id) => context.patterns[Number(id)]?.ruleId).join(' ');
    lines.push(
      `${JSON.stringify(context.values[n])}: too many ${named(without(left, right))}, missing ${named(without(right, left))}`,
    );
  });
  expect(lines.length, `${lines.length} values differ:\n${lines.slice(0, 10).join('\n')}`).toBe(0);
}

/** A pattern for V8: bytes are Latin-1 characters, case is folded in ASCII only (no `u` flag, no other letters). */
function v8Pattern(written: string): RegExp | undefined {
  const isCaseless = written.startsWith('(?i)');
  // Folding would equate letters outside ASCII, which bytes do not.
  if (isCaseless && /[^\x20-\x7e]|\\x[89a-f]/i.test(written)) return undefined;
  const plain = isCaseless ? written.slice(4) : written;
  // `$` means the end; V8 reads a possessive or POSIX class differently.
  if (/\(\?[^:=!]|\[\[:|[+*?}]\+|\\[zAZhRQEGK]/.test(plain)) return undefined;
  try {
    return new RegExp(plain, isCaseless ? 'is' : 's');
  } catch {
    return undefined;
  }
}

describe.skipIf(crsMissing)('regular expressions of the CRS', () => {
  const patterns = crsMissing === false ? crsPatterns() : [];
  const sent = crsMissing === false ? crsTestValues() : [];
  const values = crsMissing === false ? [...sent, ...inventedValues(sent, 1_500)] : [];
  const natives = patterns.map((pattern) => pattern.native);
  const scans = { chain: 0 };

  async function programOf(list: readonly NativePattern[]): Promise<ScanProgram> {
    const set = await compilePatterns(list, { cacheFolder: '.cache/test-sets' });
    const program = new ScanProgram({ chains: [[]], classes: [[{ ...scans, set: set.handle }]] });
    set.close();
    return program;
  }

  it('are all translated, for thousands of values', () => {
    expect(patterns.length, `${patterns.length} patterns`).toBeGreaterThan(280);
    expect(values.length, `${values.length} values`).toBeGreaterThan(5_000);
  });

  it('have the same results from RE2, one at a time, as from the set', async () => {
    const program = await programOf(natives);
    const whole = scanAll(program, values);
    program.close();
    // No gate: RE2 itself searches every value.
    const alone = await programOf(natives.map((pattern) => ({ ...pattern, engine: 're2', required: [] })));
    const expected = scanAll(alone, values);
    alone.close();
    assertSame(whole, expected, { patterns, values });
  });

  it('have the same results from streams, and from a merged set', async () => {
    const program = await programOf(natives);
    const whole = scanAll(program, values);
    assertSame(streamAll(program, values), whole, { patterns, values });
    program.close();
    const fast = natives.filter(({ engine, plainSource }) => engine === 'hyperscan' || plainSource !== undefined);
    const merged = await compilePatterns(fast, { cacheFolder: '.cache/test-sets', use: 'merged' });
    // Every pattern in a set of its own, so that the merged set is used for all of them.
    const sets = await Promise.all(natives.map((pattern) => compilePatterns([pattern])));
    const together = new ScanProgram({
      chains: [[]],
      classes: [{ scans: sets.map(({ handle }) => ({ ...scans, set: handle })), merged: merged.handle }],
    });
    assertSame(scanAll(together, values), whole, { patterns, values });
    together.close();
    for (const set of [merged, ...sets]) set.close();
  });

  it('have the same results from V8, where it reads the pattern in the same way', async () => {
    const program = await programOf(natives);
    const readable = patterns.flatMap((pattern) => {
      const expression = v8Pattern(pattern.written);
      return expression === undefined ? [] : [{ id: pattern.native.id, expression }];
    });
    expect(readable.length, `V8 reads ${readable.length} patterns`).toBeGreaterThan(200);
    const readableIds = new Set(readable.map(({ id }) => String(id)));
    // Backtracking takes minutes on long values.
    const short = values.filter(({ length }) => length < 120).slice(0, 4_000);
    const whole = scanAll(program, short).map((ids) =>
      ids
        .split(',')
        .filter((id) => readableIds.has(id))
        .join(),
    );
    const expected = short.map((value) =>
      readable.flatMap(({ id, expression }) => (expression.test(value) ? [id] : [])).join(),
    );
    program.close();
    assertSame(whole, expected, { patterns, values: short });
  });
});
