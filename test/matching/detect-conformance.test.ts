// The detectors behind @detectSQLi and @detectXSS on tables of attacks and of values that must not match: prose, names,
// code, SQL-like sentences.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';

/** One case in ModSecurity's format; `input` is a byte string, `ret` is 1 when the operator matches. */
interface OperatorCase {
  readonly type: 'op';
  readonly name: string;
  readonly param: string;
  readonly input: string;
  readonly ret: 0 | 1;
}

const read = (file: string): readonly OperatorCase[] =>
  JSON.parse(readFileSync(new URL(`../conformance/operator/${file}.json`, import.meta.url), 'utf8'));

/** Benign values, UTF-8, with their line numbers. */
const benign = readFileSync(new URL('../conformance/operator/benign.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((text, index) => ({ text, line: index + 1 }))
  .filter(({ text }) => text !== '' && !text.startsWith('# '));
const benignMin = 200;

const addon = nativeAddon();
/** As t:utf8toUnicode writes it, which CRS rules use. */
const escapedOf = (text: string): Uint8Array =>
  Buffer.from(text.replace(/[^\0-\x7f]/gu, (letter) => `%u${letter.codePointAt(0)?.toString(16).padStart(4, '0')}`));
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('detectSqli', () => {
  for (const { input, ret } of read('detect-sqli')) {
    it(`${ret === 1 ? 'finds' : 'leaves alone'} ${JSON.stringify(input.slice(0, 70))}`, () => {
      const shape = addon.detectSqli(input);
      expect(shape === undefined ? 0 : 1, `shape ${shape}`).toBe(ret);
      expect(addon.detectSqli(bytesOf(input)), 'bytes and byte string say the same').toBe(shape);
    });
  }

  it('takes a value longer than its short buffer', () => {
    expect(addon.detectSqli(`${'x'.repeat(100_000)}' or 1=1--`)).toBe('s&1o1');
  });

  it('refuses what is neither text nor bytes', () => {
    expect(() => addon.detectSqli(5 as unknown as string)).toThrow(
      expect.objectContaining({ code: 'native.argument' }),
    );
  });
});

describe('detectXss', () => {
  for (const { input, ret } of read('detect-xss')) {
    it(`${ret === 1 ? 'finds' : 'leaves alone'} ${JSON.stringify(input.slice(0, 70))}`, () => {
      expect(addon.detects('xss', input)).toBe(ret === 1);
      expect(addon.detects('xss', bytesOf(input)), 'bytes and byte string say the same').toBe(ret === 1);
    });
  }

  it('takes a value longer than its short buffer', () => {
    expect(addon.detects('xss', `${'x'.repeat(100_000)}<script>`)).toBe(true);
  });
});

describe('benign values', () => {
  it('are many', () => expect(benign.length, `${benign.length} lines`).toBeGreaterThanOrEqual(benignMin));

  it('match neither detector, in UTF-8, in Latin-1 and escaped', () => {
    const found = benign.flatMap(({ text, line }) =>
      [Buffer.from(text, 'utf8'), bytesOf(text), escapedOf(text)].flatMap((value) => {
        const shape = addon.detectSqli(value);
        const isXss = addon.detects('xss', value);
        return shape === undefined && !isXss ? [] : [`line ${line}: ${text} (${shape ?? 'script'})`];
      }),
    );
    expect(found).toStrictEqual([]);
  });
});
