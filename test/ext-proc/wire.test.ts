import { describe, expect, it } from 'vitest';
import { Wire } from '../../src/ext-proc/wire.ts';

const wireOf = (hex: string): { readonly wire: Wire; readonly end: number } => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return { wire: new Wire(bytes, 0), end: bytes.length };
};

describe('Wire', () => {
  it('takes a byte only where it comes next, and nothing at the end', () => {
    const { wire } = wireOf('0a 0b');
    expect(wire.take(0x0b, 2)).toBe(false);
    expect(wire.take(0x0a, 2)).toBe(true);
    expect(wire.take(0x0b, 1)).toBe(false);
    expect(wire.position).toBe(1);
  });

  const numbers = [
    ['00', 0],
    ['7f', 127],
    ['80 01', 128],
    ['ff ff ff 7f', 2 ** 28 - 1],
    ['80 80 80 80 01', undefined],
    ['80', undefined],
    ['', undefined],
  ] as const;
  for (const [hex, number] of numbers) {
    it(`reads the number in "${hex}" as ${number}`, () => {
      const { wire, end } = wireOf(hex);
      expect(wire.number(end)).toBe(number);
    });
  }

  const flags = [
    ['08 01', true],
    ['08 00', false],
    ['10 01', false],
    ['', false],
    ['08 02', undefined],
    ['08', undefined],
  ] as const;
  for (const [hex, flag] of flags) {
    it(`reads the boolean in "${hex}" as ${flag}`, () => {
      const { wire, end } = wireOf(hex);
      expect(wire.flag(0x08, end)).toBe(flag);
    });
  }

  it('takes texts, names and bytes of the length before them, inside of what has them', () => {
    const { wire, end } = wireOf('02 61ff 06 616363657074 01 00 02 6161 03 62');
    expect(wire.text(end)).toBe('a\xff');
    expect(wire.name(end)).toBe('accept');
    expect(wire.bytes(end)).toStrictEqual(new Uint8Array(1));
    expect(wire.skip(end)).toBe(true);
    expect(wire.position).toBe(end - 2);
    expect(wire.text(end)).toBe(undefined);
    expect(wireOf('03 62').wire.skip(2)).toBe(false);
  });

  it('takes a double, when all of it is there', () => {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleLE(-0.25, 1);
    expect(new Wire(bytes, 1).double(9)).toBe(-0.25);
    expect(new Wire(bytes, 1).double(8)).toBe(undefined);
  });
});
