import { describe, expect, it } from 'vitest';
import { toByteString, toBytes } from '../../src/base/bytes.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { transformText } from '../../src/matching/transformed.ts';

const texts = [
  ...['', '0', '1', 'host', 'x-forwarded-for', 'a_b', '0x41', '--', 'a--b', '-', '_', 'a'.repeat(64), 'a'.repeat(65)],
  ...['Host', 'a b', ' a', 'a%41', 'a+b', '&lt', '\\x41', 'a.b', '../a', '\0a', 'caf\xe9', '/*a*/', 'amp', 'u0041'],
];

describe('transformText', () => {
  const native = nativeAddon();
  const asNative = (chain: readonly number[], text: string): string =>
    toByteString(native.transform(chain, toBytes(text)));

  for (const [id, name] of native.transformNames().entries()) {
    it(`transforms short texts as t:${name} does`, () => {
      for (const text of texts) expect(transformText([id], text), JSON.stringify(text)).toBe(asNative([id], text));
    });
  }

  it('applies a chain one after the other, however many of it change nothing', () => {
    const ids = ['urlDecodeUni', 'lowercase', 'length'].map((name) => native.transformNames().indexOf(name));
    expect(transformText(ids, 'host')).toBe('4');
    expect(transformText(ids.slice(0, 2), 'host')).toBe('host');
    expect(transformText(ids.slice(0, 2), '%48ost')).toBe('host');
    expect(transformText([], 'Host')).toBe('Host');
  });
});
