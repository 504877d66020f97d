import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestIdOf } from '../../src/transaction/request-id.ts';

const withId = (value: string) => requestIdOf([{ name: 'x-request-id', value }]);

describe('requestIdOf', () => {
  it('takes the id that the proxy set', () => {
    const id = 'f3b1c9d2-8a1f-4d44-9f0e-1c2d3e4f5a6b';
    assert.equal(withId(id), id);
  });

  it('makes one where there is none, or one that could do harm', () => {
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
      assert.match(withId(value), /^[0-9a-f-]{36}$/, value);
    }
    assert.notEqual(requestIdOf([]), requestIdOf([]));
  });
});
