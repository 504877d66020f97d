import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { excerptBytesMax, excerptOf } from '../../src/explain/excerpt.ts';

const long = Buffer.alloc(10_000, 'x');
long.write('HERE', 7_000);

describe('excerptOf', () => {
  it('keeps a short value whole', () => {
    assert.deepEqual(excerptOf({ bytes: Buffer.from('abc\xff', 'latin1') }), { text: 'abc\xff', offset: 0, length: 4 });
  });

  it('keeps the beginning of a long one', () => {
    const { text, offset, length } = excerptOf({ bytes: long });
    assert.deepEqual([text.length, offset, length], [excerptBytesMax, 0, 10_000]);
  });

  it('keeps what is around a place', () => {
    const { text, offset } = excerptOf({ bytes: long, around: { from: 7_000, to: 7_004 } });
    assert.equal(text.length, excerptBytesMax);
    assert.equal(text.indexOf('HERE'), 7_000 - (offset ?? 0));
  });

  it('stays inside the value', () => {
    for (const from of [0, 9_999, 20_000]) {
      const { text, offset } = excerptOf({ bytes: long, around: { from, to: from + 1 } });
      assert.equal(text.length, excerptBytesMax);
      assert.ok(offset !== undefined && offset >= 0 && offset + text.length <= long.length);
    }
  });

  it('says how long the value is of which these bytes are the beginning', () => {
    assert.equal(excerptOf({ bytes: Buffer.from('abc'), length: 99 }).length, 99);
  });
});
