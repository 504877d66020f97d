// The tables of test/conformance/transform, in ModSecurity's format, run through the addon.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
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

const addon = nativeAddon();
const names = addon.transformNames();
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const show = (text: string): string => JSON.stringify(text.slice(0, 80));

describe('transformation tables', () => {
  it('exist for every transformation, and for no other', () => {
    const tables = readdirSync(folder).map((file) => file.replace('.json', ''));
    assert.deepEqual(new Set(tables), new Set(names));
  });

  for (const [id, name] of names.entries()) {
    const cases: readonly TransformCase[] = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

    it(`${name}: ${cases.length} cases`, () => {
      assert.ok(cases.length >= casesMin, `at least ${casesMin} cases`);
      for (const { type, name: named, input, output, ret } of cases) {
        assert.deepEqual([type, named], ['tfn', name]);
        const value = bytesOf(input);
        const result = addon.transform([id], value);
        assert.equal(textOf(result), output, `${name} of ${show(input)}`);
        assert.equal(result === value, ret === 0, `${name} of ${show(input)} says whether it changed`);
      }
    });
  }

  it('leave the input as it was', () => {
    for (const [id, name] of names.entries()) {
      const value = bytesOf('%41&lt;\\x41 A/../b/*c*/\0');
      const before = textOf(value);
      addon.transform([id], value);
      assert.equal(textOf(value), before, name);
    }
  });

  it('compose: a chain is its members one after the other', () => {
    const value = bytesOf('%2526lt;SCRIPT%2526gt;');
    const idOf = (name: string): number => names.indexOf(name);
    const chain = ['urlDecodeUni', 'urlDecodeUni', 'htmlEntityDecode', 'lowercase'].map(idOf);
    assert.equal(textOf(addon.transform(chain, value)), '<script>');
  });
});
