import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../../src/transaction/request-id.ts';

const withId = (value: string) => requestIdOf([{ name: 'x-request-id', value }]);

describe('requestIdOf', () => {
  it('uses the id that the proxy set', () => {
    const id = 'f3b1c9d2-8a1f-4d44-9f0e-1c2d3e4f5a6b';
    expect(withId(id)).toBe(id);
  });

  it('makes one if there is none, or one that could do harm', () => {
    const strange = [
      '',
      'short',
      'a'.repeat(129),
      'abcdefgh<script>',
      'abcdefgh\r\nx: y',
      'abcdefgh ',
      '-abcdefgh',
      'abcdéfgh',
    ];
    for (const value of strange) {
      expect(withId(value), value).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(requestIdOf([])).not.toBe(requestIdOf([]));
  });
});
