import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { JsonDecoder } from '../../src/body/json.ts';
import { cutAt, EventLog, runDecoder } from '../support/event-log.ts';
import { linearity } from '../support/linearity.ts';

/** What the decoder reports for a text, or `undefined` when it rejects it. */
function scalarsOf(bytes: Uint8Array): string[][] | undefined {
  const log = new EventLog();
  const decoder = new JsonDecoder(log, limits);
  try {
    decoder.write(bytes);
    decoder.end();
  } catch {
    return undefined;
  }
  return log.fields.map((field) => [field.name, field.value]);
}

/** The same by walking the result of `JSON.parse`; numbers by their text in `source`. */
function oracleOf(text: string): string[][] | undefined {
  const found: string[][] = [];
  const walk = (name: string, value: unknown, hasKey = false): void => {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) walk(`${name}.${index}`, element);
      if (value.length > 0) found.push([name, String(value.length)]);
      else if (hasKey) found.push([name, name]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, element] of Object.entries(value)) walk(`${name}.${bytesOf(key)}`, element, true);
      if (hasKey && Object.keys(value).length === 0) found.push([name, name]);
    } else {
      found.push([name, bytesOf(String(value))]);
    }
  };
  try {
    walk('json', JSON.parse(text));
  } catch {
    return undefined;
  }
  return found;
}

/** UTF-8 of a text as a byte string, with lone surrogates as three bytes. */
function bytesOf(text: string): string {
  return [...text]
    .map((character) => {
      const unit = character.charCodeAt(0);
      if (character.length === 1 && unit >= 0xd800 && unit <= 0xdfff) {
        return String.fromCharCode(0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
      }
      return Buffer.from(character).toString('latin1');
    })
    .join('');
}

// Keys that are not integers, so that objects keep their order; no duplicates arise from fc.json.
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).map((key) => `k${key}`),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

describe('JsonDecoder', () => {
  it('reports what JSON.parse finds', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (tree, space) => {
        const text = JSON.stringify(tree, null, space);
        expect(scalarsOf(Buffer.from(text))).toStrictEqual(oracleOf(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts exactly what JSON.parse accepts', () => {
    const unit = fc.constantFrom(
      ...'{}[]",:0 1-.eE+tru',
      'null',
      'true',
      'false',
      '"k"',
      '\\',
      '\\u00e9',
      '\n',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        if (text === '') return;
        const isAccepted = oracleOf(text) !== undefined;
        expect(scalarsOf(Buffer.from(text)) !== undefined, JSON.stringify(text)).toBe(isAccepted);
      }),
      { numRuns: 20_000 },
    );
  });

  it('reports the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        value,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        fc.nat(),
        (tree, cuts, broken) => {
          const bytes = Buffer.from(JSON.stringify(tree));
          if (broken % 3 === 0) bytes[broken % bytes.length] = 0x7d;
          const offsets = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((left, right) => left - right);
          const make = (sink: EventLog) => new JsonDecoder(sink, { ...limits, fieldNameBytesMax: 9 });
          expect(runDecoder((sink) => make(sink as EventLog), cutAt(bytes, offsets))).toStrictEqual(
            runDecoder((sink) => make(sink as EventLog), [bytes]),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('reports a string of any length as it arrives, without copying', () => {
    const log = new EventLog();
    let bytes = 0;
    const chunk = Buffer.alloc(1 << 20, 'x');
    log.write = (part) => {
      expect(part.buffer).toBe(chunk.buffer);
      bytes += part.length;
    };
    const decoder = new JsonDecoder(log, limits);
    decoder.write(Buffer.from('{"a":"'));
    for (let count = 1; count <= 64; count += 1) {
      decoder.write(chunk);
      expect(bytes).toBe(count << 20);
    }
  });

  it('stops a million levels at the depth limit', () => {
    const decoder = new JsonDecoder(new EventLog(), limits);
    expect(() => decoder.write(Buffer.alloc(1_000_000, '['))).toThrow(
      expect.objectContaining({
        code: 'body.limit',
        message: 'JSON is nested deeper than 512 levels',
      }),
    );
  });

  it('opens as many levels as the limit allows', () => {
    const lines = runDecoder(
      (sink) => new JsonDecoder(sink, limits),
      [Buffer.from(`${'[{"a":'.repeat(256)}1${'}]'.repeat(256)}`)],
    );
    expect(lines[0]).toBe(`ARGS_POST json${'.0.a'.repeat(256)} = 1`);
    expect(lines.length, 'the value, and each list').toBe(257);
  });

  it('reports where and what it expected', () => {
    const log = new EventLog();
    const decoder = new JsonDecoder(log, limits);
    decoder.write(Buffer.from('{"a"'));
    expect(() => decoder.write(Buffer.from(' x'))).toThrow(
      expect.objectContaining({
        code: 'body.malformed',
        message: 'JSON has byte 0x78 at 5, expected :',
      }),
    );
    expect(log.facts.get('REQBODY_ERROR_MSG')).toBe('JSON has byte 0x78 at 5, expected :');
  });

  const worst: readonly (readonly [string, (bytes: number) => Uint8Array])[] = [
    ['one string', (bytes) => Buffer.from(`"${'x'.repeat(bytes)}"`)],
    ['escapes', (bytes) => Buffer.from(`"${'\\u0041'.repeat(bytes / 6)}"`)],
    ['lone surrogates', (bytes) => Buffer.from(`"${'\\ud83d'.repeat(bytes / 6)}"`)],
    ['one number', (bytes) => Buffer.alloc(bytes, '1')],
    ['one key', (bytes) => Buffer.from(`{"${'k'.repeat(bytes)}":1}`)],
    ['keys', (bytes) => Buffer.from(`{${'"k":1,'.repeat(bytes / 6)}"k":1}`)],
    ['integer keys', (bytes) => Buffer.from(`{${Array.from({ length: bytes / 8 }, (_, key) => `"${key}":1`).join()}}`)],
    ['elements', (bytes) => Buffer.from(`[${'1,'.repeat(bytes / 2)}1]`)],
    [
      'levels under long names',
      (bytes) =>
        Buffer.from(`[${`${`{"${'k'.repeat(40)}":`.repeat(300)}1${'}'.repeat(300)},`.repeat(bytes / 13_000)}1]`),
    ],
    ['white space', (bytes) => Buffer.alloc(bytes, ' ')],
  ];
  for (const [name, input] of worst) {
    it(`takes time in proportion to its input: ${name}`, () =>
      linearity((sink) => new JsonDecoder(sink, limits), input));
  }
});
