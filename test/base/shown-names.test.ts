import { describe, expect, it } from 'vitest';
import { shownProfiles } from '../../src/base/shown-names.ts';

describe('shownProfiles', () => {
  it('quotes names of more than one word', () => {
    expect(shownProfiles(['default'])).toBe('profile default');
    expect(shownProfiles(['a-1', 'b\nc', 'd, e', ''])).toBe('profiles a-1, "b\\nc", "d, e", ""');
  });
});
