import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { ProtobufReader } from '../../src/body/protobuf.ts';
import { cutAt, EventLog } from '../support/event-log.ts';
import { lengthField, numberField } from '../support/protobuf.ts';

function read(chunks: readonly Uint8Array[], bounds = limits): string[] {
  const log = new EventLog();
  const reader = new ProtobufReader(log, 'm', bounds);
  for (const chunk of chunks) reader.write(chunk);
  const isWhole = reader.end();
  expect(log.isOpen).toBeFalsy();
  return [...log.lines().map((line) => line.replace('ARGS_POST ', '')), ...(isWhole ? [] : ['not whole'])];
}

describe('ProtobufReader', () => {
  it('reports strings by field number and passes over numbers', () => {
    const message = Buffer.concat([
      numberField(1, 300),
      lengthField(2, '<script>'),
      Buffer.from([3 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]),
      Buffer.from([4 * 8 + 5, 1, 2, 3, 4]),
      lengthField(1000, '\u20ac'),
      lengthField(2, ''),
    ]);
    expect(read([message])).toStrictEqual(['m.2 = <script>', 'm.1000 = \\xe2\\x82\\xac']);
  });

  it('finds strings in messages inside messages', () => {
    const inner = Buffer.concat([numberField(1, 1), lengthField(2, 'select'), lengthField(3, Buffer.from([0, 1, 2]))]);
    const message = Buffer.concat([lengthField(5, inner), lengthField(6, lengthField(1, inner))]);
    expect(read([message])).toStrictEqual([
      'm.5.2 = select',
      'm.5.3 = \\x00\\x01\\x02',
      'm.6.1.2 = select',
      'm.6.1.3 = \\x00\\x01\\x02',
    ]);
  });

  it('reports what is both text and a message as both', () => {
    const ambiguous = lengthField(1, `${' '.repeat(10)}attack${' '.repeat(16)}`);
    expect(
      ambiguous.every((byte) => byte === 0x0a || byte >= 0x20),
      'printable as a whole',
    ).toBe(true);
    expect(read([lengthField(2, ambiguous)]).map((line) => line.slice(0, 6))).toStrictEqual(['m.2 = ', 'm.2.1 ']);
  });

  it('reads groups as their fields', () => {
    const message = Buffer.concat([
      Buffer.from([8 + 3]),
      lengthField(2, 'in'),
      Buffer.from([8 + 4]),
      lengthField(3, 'out'),
    ]);
    expect(read([message])).toStrictEqual(['m.2 = in', 'm.3 = out']);
  });

  it('reports the rest if it is not a message', () => {
    expect(read([Buffer.concat([lengthField(1, 'a'), Buffer.from('\u0007attack')])])).toStrictEqual([
      'm.1 = a',
      'm = \\x07attack',
      'not whole',
    ]);
    expect(read([Buffer.from([0x00, 0x41])])).toStrictEqual(['m = \\x00A', 'not whole']);
    expect(read([lengthField(1, 'attack').subarray(0, -2)])).toStrictEqual(['m.1 = atta', 'not whole']);
    expect(read([Buffer.alloc(20, 0xff)]).at(-1)).toStrictEqual('not whole');
  });

  it('streams fields that are too long to keep', () => {
    const message = lengthField(1, 'x'.repeat(100));
    expect(read([message], { ...limits, fieldCollectBytesMax: 99 })).toStrictEqual([`m.1 = ${'x'.repeat(100)}`]);
  });

  it('does not allocate memory for a length that is only claimed', () => {
    const reader = new ProtobufReader(new EventLog(), 'm', { ...limits, fieldCollectBytesMax: 1 << 30 });
    const before = process.memoryUsage().arrayBuffers;
    reader.write(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x03, 0x41]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it('distinguishes messages up to its depth limit', () => {
    let message = lengthField(1, 'deep');
    for (let level = 1; level < 40; level += 1) message = lengthField(1, message);
    const lines = read([message], { ...limits, protobufDepthMax: 5 });
    expect(lines.map((line) => line.split(' ')[0])).toStrictEqual([`m${'.1'.repeat(5)}`]);
    expect(lines[0]?.endsWith('deep'), 'the rest is seen as bytes').toBeTruthy();
  });

  it('reports the same however the bytes are cut', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 20 }).map((text) => lengthField(1, text)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => lengthField(300, bytes)),
      fc.string({ maxLength: 5 }).map((text) => lengthField(2, lengthField(3, text))),
      fc.nat().map((value) => numberField(4, value)),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.array(fc.nat(100), { maxLength: 5 }), (parts, cuts) => {
        const bytes = Buffer.concat(parts);
        const offsets = cuts.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
        const bounds = { ...limits, fieldCollectBytesMax: 12 };
        expect(read(cutAt(bytes, offsets), bounds)).toStrictEqual(read([bytes], bounds));
      }),
      { numRuns: 3000 },
    );
  });
});
