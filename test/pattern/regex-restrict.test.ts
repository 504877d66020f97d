// Patterns restricted to values of some bytes.

import { describe, expect, it } from 'vitest';
import { plainBytes } from '../../src/matching/native.ts';
import { TextSearch } from '../../src/matching/text-search.ts';
import { ByteSet } from '../../src/pattern/regex-byte-set.ts';
import { printRegex } from '../../src/pattern/regex-print.ts';
import { restrictRegex } from '../../src/pattern/regex-restrict.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';
import { crsMissing } from '../support/crs-folder.ts';
import { crsPatterns } from '../support/crs-patterns.ts';

const setOf = (text: string): ByteSet => ByteSet.of(...new Set(Buffer.from(text, 'latin1')));

function restricted(source: string, allowed: string): string | undefined {
  const root = restrictRegex(parseRegex(source).root, setOf(allowed));
  return root && printRegex(root, 'hyperscan');
}

describe('restrictRegex', () => {
  it('drops what the bytes cannot match', () => {
    expect(restricted("c['\\\\]*a['\\\\]*t", 'cat')).toBe('cat');
    expect(restricted('[a-z]+', 'abc1')).toBe('[a-c]+');
    expect(restricted('(?:a|<)b', 'ab')).toBe('ab');
    expect(restricted('^a?$', 'b')).toBe('^\\z');
  });

  it('knows when nothing is left', () => {
    expect(restricted('<script', 'script')).toBe(undefined);
    expect(restricted('a|b', 'c')).toBe(undefined);
    expect(restricted('(a){1,3}', 'c')).toBe(undefined);
    expect(restricted('(a)*', 'c')).toBe('(?:)');
  });

  it.skipIf(crsMissing)('keeps the matches in plain values, and adds none elsewhere', () => {
    const plain = setOf(plainBytes);
    const words = ['cat', ' /etc/passwd', 'ls -la', 'uname', 'a.b@c.d', 'sh', "'", '<', ';', '$(', 'x', '', 'time'];
    const values = words.flatMap((first) => words.flatMap((second) => [first + second, `${second} ${first}.`]));
    let count = 0;
    for (const { written, native } of crsPatterns().filter((pattern) => pattern.native.engine === 're2')) {
      const root = restrictRegex(parseRegex(written).root, plain);
      const source = root && printRegex(root, 're2');
      if (source === undefined || native.re2Source === undefined) continue;
      count += 1;
      const [whole, part] = [new TextSearch(`(?s)${native.re2Source}`), new TextSearch(`(?s)${source}`)];
      for (const value of values) {
        const isPlain = [...value].every((byte) => plainBytes.includes(byte));
        if (isPlain) expect(part.test(value), JSON.stringify(value)).toBe(whole.test(value));
        else expect(!part.test(value) || whole.test(value), JSON.stringify(value)).toBe(true);
      }
    }
    expect(count, `${count} patterns`).toBeGreaterThan(5);
  });
});
