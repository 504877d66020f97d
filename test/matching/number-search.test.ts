import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';
import { NumberSearch } from '../../src/matching/number-search.ts';

const card = Buffer.from('4111111111111111');

describe('NumberSearch', () => {
  it('finds numbers with correct check digits, in the given range', () => {
    const search = new NumberSearch('[0-9]{16}', 'card');
    expect(search.finds(card, 0, card.length)).toBeTruthy();
    expect(search.finds(card, 1, card.length), 'no number begins behind its first digit').toBeFalsy();
    expect(search.finds(Buffer.from('4111111111111112'), 0, card.length), 'a digit is wrong').toBeFalsy();
    search.close();
  });

  it('is freed once, and then returns nothing', () => {
    const before = nativeAddon().openHandles().numberSearches;
    const search = new NumberSearch('[0-9]{16}', 'card');
    expect(nativeAddon().openHandles().numberSearches).toBe(before + 1);
    search.close();
    search.close();
    expect(nativeAddon().openHandles().numberSearches).toBe(before);
    expect(() => search.finds(card, 0, 1)).toThrow(expect.objectContaining({ code: 'native.closed' }));
  });

  it('refuses a pattern that RE2 refuses', () => {
    expect(() => new NumberSearch('(', 'card')).toThrow(expect.objectContaining({ code: 'pattern.compile' }));
  });
});
