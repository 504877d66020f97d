// The results of both engines over bytes, compared with RE2 over characters and V8.

import { describe, expect, it } from 'vitest';
import { hitHeaderWords, hitWords, type NativePattern, nativeAddon } from '../../src/matching/native.ts';
import { TextSearch } from '../../src/matching/text-search.ts';
import { regex } from '../support/matching.ts';

const native = nativeAddon();
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Ids of the patterns found in a value, with their ends. */
function scan(patterns: readonly NativePattern[], value: Uint8Array): Map<number, number> {
  const set = native.compilePatternSet(patterns);
  const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
  const hits = new Uint32Array(hitHeaderWords + hitWords * 100);
  const count = native.scanBatch(program, value, new Uint32Array([0, 0, value.length]), 1, hits);
  native.releaseScanProgram(program);
  native.releasePatternSet(set);
  expect(hits[0]).toBe(count);
  const found = new Map<number, number>();
  for (let n = 0; n < count; n += 1)
    found.set(hits[hitHeaderWords + 1 + hitWords * n] as number, hits[hitHeaderWords + 2 + hitWords * n] as number);
  return found;
}

/** ASCII without NUL: the same as text and as bytes. */
const isText = (value: string): boolean => [...bytes(value)].every((byte) => byte > 0 && byte < 0x80);

describe('results over bytes', () => {
  const sources = [
    'abc',
    '(?i)abc',
    'a.c',
    '^abc\\z',
    'abc\\z',
    '^\\z',
    '\\babc\\b',
    '[^a-y]',
    'a{2,4}b',
    '(?i)k',
    '[\\x80-\\xff]',
    '\\xe9t\\xe9',
    'x*',
    'a(?:b|c)+d?\\z',
    '\\d{3,}',
    '\\W\\w\\W',
    '\\x00',
    'u(?:n|N)ion\\s+(?:all\\s+)?select',
  ];
  const values = [
    '',
    'abc',
    'ABC',
    ' abc ',
    'xabcx',
    'abc\n',
    'a\nc',
    'aaab aab',
    'K\u212a'.slice(0, 1),
    '\xe9t\xe9',
    '\xc9T\xc9',
    '\x00',
    'z\xff',
    'acbd',
    '12345',
    '-a-',
    'UNION ALL  SELECT union select',
    '\r\n',
    'abc'.repeat(50),
  ];

  it('are those of RE2 in both engines, and of V8', () => {
    for (const value of values) {
      const asBytes = bytes(value);
      const hyperscan = scan(
        sources.map((source, id) => regex(id, source)),
        asBytes,
      );
      const re2 = scan(
        sources.map((source, id) => regex(id, source, { engine: 're2' })),
        asBytes,
      );
      sources.forEach((source, id) => {
        const where = `${source} in ${JSON.stringify(value)}`;
        expect(re2.get(id), `RE2 alone and Hyperscan differ: ${where}`).toBe(hyperscan.get(id));
        const isCaseless = source.startsWith('(?i)');
        const plain = source.replace('(?i)', '').replaceAll('\\z', '(?![^])');
        const v8 = new RegExp(plain, isCaseless ? 'is' : 's').test(value);
        expect(hyperscan.has(id), `V8 differs: ${where}`).toBe(v8);
        // It reads characters, not bytes: used for ASCII only.
        if (isText(value) && !source.includes('\\x')) {
          expect(hyperscan.has(id), `RE2 over characters differs: ${where}`).toBe(
            new TextSearch(`(?s)${source}`).test(value),
          );
        }
      });
    }
  });

  it('fold ASCII letters only, whatever the engine', () => {
    const literal: NativePattern = { id: 1, engine: 'hyperscan', kind: 'literal', source: '\xe9A', caseless: true };
    expect([...scan([literal], bytes('\xe9a')).keys()]).toStrictEqual([1]);
    expect([...scan([literal], bytes('\xc9a')).keys()]).toStrictEqual([]);
    expect([...scan([regex(1, '\\xe9a', { caseless: true })], bytes('\xc9A')).keys()]).toStrictEqual([]);
  });
});
