import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { PairReader } from '../../src/http/urlencoded.ts';
import { cutAt, EventLog, everyCut } from '../support/event-log.ts';

function pairsOf(chunks: readonly Uint8Array[], nameBytesMax = 4096): EventLog {
  const log = new EventLog();
  const reader = new PairReader(log, { source: 'ARGS_POST', nameBytesMax });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  return log;
}

describe('PairReader', () => {
  const readQuery = (query: string): EventLog => {
    const log = new EventLog();
    const reader = new PairReader(log, { source: 'ARGS_GET', nameBytesMax: 4096 });
    reader.write(Buffer.from(query));
    reader.end();
    return log;
  };

  it('reports ARGS_GET', () => {
    const log = readQuery('a=1&b=%20+');
    expect(log.lines()).toStrictEqual(['ARGS_GET a = 1', 'ARGS_GET b =']);
    expect(log.fields[1]?.value).toBe('  ');
  });

  it('reports nothing for an empty query', () => {
    expect(readQuery('').lines()).toStrictEqual([]);
  });

  it('reports invalid escapes, at every cut', () => {
    for (const [text, expected] of [
      ['a=%zz', true],
      ['a=%4', true],
      ['%=1', true],
      ['a=%41&b=%e9', false],
    ] as const) {
      for (const { name, chunks } of everyCut(Buffer.from(text))) {
        const reader = new PairReader(new EventLog(), { source: 'ARGS_POST', nameBytesMax: 9 });
        for (const chunk of chunks) reader.write(chunk);
        reader.end();
        expect(reader.hasInvalidEscape, `${text} ${name}`).toBe(expected);
      }
    }
  });

  // Dense in special characters, so that random text uses the grammar.
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '=', '&', '+', '%', '4', '1', 'f', 'z', ';', '\u00ff', '\0'),
    maxLength: 40,
  });

  it('agrees with URLSearchParams on pairs, byte by byte', () => {
    fc.assert(
      fc.property(text, (query) => {
        // latin1 bytes above 127 would be UTF-8 decoded by URLSearchParams; escape what it gives back to compare bytes.
        const ascii = query.replaceAll('\u00ff', 'q').replace(/%([89a-f])/gi, 'x');
        const expected = [...new URLSearchParams(`&${ascii}`)].map(([name, value]) => [name, value]);
        const actual = pairsOf([toBytes(ascii)]).fields.map((field) => [field.name, field.value]);
        expect(actual).toStrictEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('reports the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(40), { maxLength: 6 }),
        fc.constantFrom(1, 3, 4096),
        (query, cuts, nameBytesMax) => {
          const bytes = toBytes(query);
          const offsets = cuts.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
          expect(pairsOf(cutAt(bytes, offsets), nameBytesMax).lines()).toStrictEqual(
            pairsOf([bytes], nameBytesMax).lines(),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('passes a long plain value on without copying', () => {
    const bytes = toBytes(`a=${'x'.repeat(10_000)}`);
    const memories = new Set<ArrayBufferLike>();
    const log = new EventLog();
    const write = log.write.bind(log);
    log.write = (value) => {
      memories.add(value.buffer);
      write(value);
    };
    const reader = new PairReader(log, { source: 'ARGS_POST', nameBytesMax: 10 });
    reader.write(bytes);
    reader.end();
    expect([...memories]).toStrictEqual([bytes.buffer]);
  });

  it('passes on at the end of a chunk everything that is decoded', () => {
    const log = new EventLog();
    let bytes = 0;
    log.write = (value) => {
      bytes += value.length;
    };
    const reader = new PairReader(log, { source: 'ARGS_POST', nameBytesMax: 10 });
    reader.write(toBytes('a=%41%42c'));
    expect(bytes, 'decoded bytes wait for no further chunk').toBe(3);
  });

  it('keeps bounded memory for a name without end', () => {
    const sink = { begin() {}, write() {}, end() {}, fact() {} };
    const streaming = new PairReader(sink, { source: 'ARGS_POST', nameBytesMax: 100 });
    const chunk = new Uint8Array(1 << 20).fill(0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 64; count += 1) streaming.write(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
  });
});
