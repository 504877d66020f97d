// The detectors behind @detectSQLi and @detectXSS on tables of attacks and of values that must not match: prose, names,
// code, SQL-like sentences.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
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

/** Values of nobody's attack, UTF-8, with their line numbers. */
const benign = readFileSync(new URL('../conformance/operator/benign.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((text, index) => ({ text, line: index + 1 }))
  .filter(({ text }) => text !== '' && !text.startsWith('# '));
const benignMin = 200;

const addon = nativeAddon();
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('detectSqli', () => {
  for (const { input, ret } of read('detect-sqli')) {
    it(`${ret === 1 ? 'finds' : 'leaves alone'} ${JSON.stringify(input.slice(0, 70))}`, () => {
      const shape = addon.detectSqli(input);
      assert.equal(shape === undefined ? 0 : 1, ret, `shape ${shape}`);
      assert.equal(addon.detectSqli(bytesOf(input)), shape, 'bytes and byte string say the same');
    });
  }

  it('takes a value longer than its short buffer', () => {
    assert.equal(addon.detectSqli(`${'x'.repeat(100_000)}' or 1=1--`), 's&1o1');
  });

  it('refuses what is neither text nor bytes', () => {
    assert.throws(() => addon.detectSqli(5 as unknown as string), { code: 'native.argument' });
  });
});

describe('detectXss', () => {
  for (const { input, ret } of read('detect-xss')) {
    it(`${ret === 1 ? 'finds' : 'leaves alone'} ${JSON.stringify(input.slice(0, 70))}`, () => {
      assert.equal(addon.detectXss(input), ret === 1);
      assert.equal(addon.detectXss(bytesOf(input)), ret === 1, 'bytes and byte string say the same');
    });
  }

  it('takes a value longer than its short buffer', () => {
    assert.equal(addon.detectXss(`${'x'.repeat(100_000)}<script>`), true);
  });
});

describe('benign values', () => {
  it('are many', () => assert.ok(benign.length >= benignMin, `${benign.length} lines`));

  it('match neither detector, in UTF-8 and in Latin-1', () => {
    const found = benign.flatMap(({ text, line }) =>
      [Buffer.from(text, 'utf8'), bytesOf(text)].flatMap((value) => {
        const shape = addon.detectSqli(value);
        const isXss = addon.detectXss(value);
        return shape === undefined && !isXss ? [] : [`line ${line}: ${text} (${shape ?? 'script'})`];
      }),
    );
    assert.deepEqual(found, []);
  });
});
