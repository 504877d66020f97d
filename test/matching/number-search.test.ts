import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nativeAddon } from '../../src/matching/native.ts';
import { NumberSearch } from '../../src/matching/number-search.ts';

const card = Buffer.from('4111111111111111');

describe('NumberSearch', () => {
  it('finds numbers whose digits check, where it is told to', () => {
    const search = new NumberSearch('[0-9]{16}', 'card');
    assert.ok(search.finds(card, 0, card.length));
    assert.ok(!search.finds(card, 1, card.length), 'no number begins behind its first digit');
    assert.ok(!search.finds(Buffer.from('4111111111111112'), 0, card.length), 'a digit is wrong');
    search.close();
  });

  it('is freed once, and answers nothing then', () => {
    const before = nativeAddon().openHandles().numberSearches;
    const search = new NumberSearch('[0-9]{16}', 'card');
    assert.equal(nativeAddon().openHandles().numberSearches, before + 1);
    search.close();
    search.close();
    assert.equal(nativeAddon().openHandles().numberSearches, before);
    assert.throws(() => search.finds(card, 0, 1), { code: 'native.closed' });
  });

  it('refuses a pattern that RE2 refuses', () => {
    assert.throws(() => new NumberSearch('(', 'card'), { code: 'pattern.compile' });
  });
});
