// Batches and streams.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { HitBuffer } from '../../src/matching/hits.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan, scanBatch } from '../../src/matching/scan.ts';
import { chainOf, literal, plainProgram, regex } from '../support/matching.ts';

const ascending = (a: number, b: number): number => a - b;

describe('FieldBatch', () => {
  it('accepts bytes and byte strings alike', async () => {
    const program = await plainProgram([regex(1, '\\xe9\\x00b')]);
    const batch = new FieldBatch();
    const hits = createBatchHits();
    expect(batch.add(0, '\xe9\0b')).toBe(0);
    expect(batch.add(0, Uint8Array.of(0xe9, 0, 0x62))).toBe(1);
    expect(batch.add(0, '')).toBe(2);
    expect(scanBatch(program, batch, hits)).toBe(2);
    expect([hits.fieldAt(0), hits.fieldAt(1)]).toStrictEqual([0, 1]);
    expect([batch.count, batch.bytes]).toStrictEqual([3, 6]);
    batch.clear();
    expect([batch.count, batch.bytes]).toStrictEqual([0, 0]);
    expect(scanBatch(program, batch, hits)).toBe(0);
    program.close();
  });

  it('grows, reports when it is full, and releases a huge slab', () => {
    const batch = new FieldBatch();
    expect(batch.isFullFor(10 * constants.batchBytesMax), 'an empty batch takes any value').toBe(false);
    for (let n = 0; n < constants.batchFieldsMax; n += 1) {
      expect(batch.isFullFor(1)).toBe(false);
      batch.add(n, 'x'.repeat(n % 8));
    }
    expect(batch.isFullFor(1), 'too many fields').toBe(true);
    expect([...batch.table.subarray(3, 6)]).toStrictEqual([1, 0, 1]);
    batch.clear();
    batch.add(0, 'x'.repeat(3 * constants.batchBytesMax));
    expect(batch.isFullFor(1), 'too many bytes').toBe(true);
    batch.clear();
    expect(batch.slab.length).toBeLessThan(constants.batchBytesMax);
  });
});

describe('scanBatch', () => {
  it('drops no hit when the buffer is too small at first', async () => {
    const patterns = Array.from({ length: 40 }, (_, id) => regex(id, 'a'));
    const program = await plainProgram(patterns);
    const batch = new FieldBatch();
    for (let n = 0; n < 50; n += 1) batch.add(0, 'a');
    const hits = new HitBuffer(1);
    expect(scanBatch(program, batch, hits)).toBe(40 * 50);
    expect(new Set(Array.from({ length: hits.count }, (_, n) => hits.fieldAt(n) * 100 + hits.patternAt(n))).size).toBe(
      2000,
    );
    program.close();
  });
});

describe('StreamScan', () => {
  const patterns = [
    regex(1, 'union\\s+select'),
    regex(2, 'end\\z'),
    regex(3, '\\bcat\\b', { engine: 're2' }),
    regex(4, '^start', { engine: 're2' }),
    literal(5, '/etc/passwd'),
  ];

  async function program(): Promise<ScanProgram> {
    const set = await compilePatterns(patterns);
    const chains = [[], chainOf('urlDecodeUni', 'lowercase'), chainOf('removeWhitespace')];
    const created = new ScanProgram({
      chains,
      classes: [chains.map((_, chain) => ({ chain, set: set.handle }))],
    });
    set.close();
    return created;
  }

  function ids(hits: HitBuffer): number[] {
    return Array.from({ length: hits.count }, (_, n) => hits.patternAt(n));
  }

  it('finds at every cut what the batch finds', async () => {
    const created = await program();
    const hits = createStreamHits(created);
    for (const text of ['start union%20SELECT cat', '%2fetc/passwd the end', 'concat cat_ cat', 'UNION  select.', '']) {
      const batch = new FieldBatch();
      batch.add(0, text);
      const whole = createBatchHits();
      scanBatch(created, batch, whole);
      const wanted = ids(whole).sort(ascending);
      const value = Buffer.from(text, 'latin1');
      for (let cut = 0; cut <= value.length; cut += 1) {
        const stream = new StreamScan(created, 0);
        const found: number[] = [];
        for (const chunk of [value.subarray(0, cut), value.subarray(cut)]) {
          stream.feed(chunk, hits);
          found.push(...ids(hits));
        }
        stream.end(hits);
        found.push(...ids(hits));
        expect(found.sort(ascending), `${JSON.stringify(text)} cut at ${cut}`).toStrictEqual(wanted);
      }
    }
    created.close();
  });

  it('finds the same however a long value is cut', async () => {
    const created = await program();
    const hits = createStreamHits(created);
    const tokens = ['union', ' ', 'select', 'cat', '/etc/', 'passwd', 'start', 'end', '%20', 'x', '.'.repeat(3_000)];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...tokens), { maxLength: 40 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        fc.boolean(),
        (parts, places, flush) => {
          const value = Buffer.from(parts.join(''), 'latin1');
          const scan = (cuts: readonly number[]): string => {
            const stream = new StreamScan(created, 0);
            const found: number[] = [];
            let from = 0;
            for (const cut of [...cuts, value.length]) {
              stream.feed(value.subarray(from, cut), hits, flush);
              found.push(...ids(hits));
              from = cut;
            }
            stream.end(hits);
            found.push(...ids(hits));
            expect(new Set(found).size, 'a pattern is reported once').toBe(found.length);
            return found.sort(ascending).join();
          };
          expect(scan(places.map((place) => Math.floor(place * value.length)).sort(ascending))).toBe(scan([]));
        },
      ),
      { numRuns: 60 },
    );
    created.close();
  });

  it('frees native memory at the end, or when discarded', async () => {
    const created = await program();
    const hits = createStreamHits(created);
    const before = nativeAddon().openHandles().streams;
    const ended = new StreamScan(created, 0);
    const dropped = new StreamScan(created, 0);
    ended.feed(Buffer.from('AB'), hits);
    expect(Buffer.from(ended.tail(1)).toString()).toBe('ab');
    expect(ended.stateBytes).toBeGreaterThan(0);
    expect(nativeAddon().openHandles().streams).toBe(before + 2);
    ended.end(hits);
    dropped.discard();
    dropped.discard();
    ended.discard();
    expect(nativeAddon().openHandles().streams).toBe(before);
    expect([ended.isOpen, dropped.isOpen]).toStrictEqual([false, false]);
    expect(() => ended.feed(Buffer.from('x'), hits)).toThrow(expect.objectContaining({ code: 'native.closed' }));
    created.close();
  });
});
