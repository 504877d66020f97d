// The tables of test/conformance/transform, in ModSecurity's format, run through the addon.

import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';

/** One case; `input` and `output` are byte strings, `ret` is 1 when the value changes. */
interface TransformCase {
  readonly type: 'tfn';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly ret: 0 | 1;
}

const folder = new URL('../conformance/transform/', import.meta.url);
const casesMin = 15;

/** The kinds of inputs that every table must have. */
const kinds: Readonly<Record<string, (input: string) => boolean>> = {
  empty: (input) => input === '',
  'one byte': (input) => input.length === 1,
  'an odd length': (input) => input.length > 1 && input.length % 2 === 1,
  NUL: (input) => input.includes('\0'),
  'no UTF-8': (input) => !isUtf8(Buffer.from(input, 'latin1')),
  'a long run': (input) => /(.{1,8}?)\1{63}/s.test(input),
};

/** A truncated escape at the end of the value, for transformations that decode escapes. */
const truncated: Readonly<Record<string, RegExp>> = {
  base64Decode: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{1,3}$/,
  base64DecodeExt: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{1,3}$/,
  cssDecode: /\\[0-9a-f]{0,5}$/i,
  escapeSeqDecode: /\\(?:x[0-9a-f]?)?$/i,
  hexDecode: /^(?:[0-9a-f]{2})*[0-9a-f]$/i,
  htmlEntityDecode: /&#?x?$/i,
  jsDecode: /\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?$/i,
  removeComments: /\/\*[^*]*$/,
  replaceComments: /\/\*[^*]*$/,
  sqlHexDecode: /0x[0-9a-f]?$/i,
  urlDecode: /%[0-9a-f]?$/i,
  urlDecodeUni: /%u[0-9a-f]{0,3}$/i,
  utf8toUnicode: /(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$/,
};

const addon = nativeAddon();
const names = addon.transformNames();
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const show = (text: string): string => JSON.stringify(text.slice(0, 80));

describe('transformation tables', () => {
  it('exist for every transformation, and for no other', () => {
    const tables = readdirSync(folder).map((file) => file.replace('.json', ''));
    expect(new Set(tables)).toStrictEqual(new Set(names));
  });

  for (const [id, name] of names.entries()) {
    const cases: readonly TransformCase[] = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

    it(`${name}: has values of every kind`, () => {
      const inputs = cases.map(({ input }) => input);
      const wanted = Object.entries(kinds);
      const cutEscape = truncated[name];
      if (cutEscape !== undefined) wanted.push(['a truncated escape', (input) => cutEscape.test(input)]);
      const missing = wanted.filter(([, isOfKind]) => !inputs.some(isOfKind)).map(([kind]) => kind);
      expect(missing).toStrictEqual([]);
    });

    it(`${name}: ${cases.length} cases`, () => {
      expect(cases.length, `at least ${casesMin} cases`).toBeGreaterThanOrEqual(casesMin);
      for (const { type, name: named, input, output, ret } of cases) {
        expect([type, named]).toStrictEqual(['tfn', name]);
        const value = bytesOf(input);
        const result = addon.transform([id], value);
        expect(textOf(result), `${name} of ${show(input)}`).toBe(output);
        expect(result === value, `${name} of ${show(input)} says whether it changed`).toBe(ret === 0);
      }
    });
  }

  it('leave the input unchanged', () => {
    for (const [id, name] of names.entries()) {
      const value = bytesOf('%41&lt;\\x41 A/../b/*c*/\0');
      const before = textOf(value);
      addon.transform([id], value);
      expect(textOf(value), name).toBe(before);
    }
  });

  it('compose: a chain is its members one after the other', () => {
    const value = bytesOf('%2526lt;SCRIPT%2526gt;');
    const idOf = (name: string): number => names.indexOf(name);
    const chain = ['urlDecodeUni', 'urlDecodeUni', 'htmlEntityDecode', 'lowercase'].map(idOf);
    expect(textOf(addon.transform(chain, value))).toBe('<script>');
  });
});
