import { describe, expect, it } from 'vitest';
import { type Exclusion, endOf, exclusionNotices } from '../../src/config/exclusion.ts';

const excluded = (expires?: string): Exclusion => ({
  ids: ['1'],
  tags: [],
  at: {},
  owner: 'search-team',
  reason: 'why',
  location: { file: 'weir.yaml', line: 3, column: 5 },
  ...(expires === undefined ? {} : { expires }),
});

describe('endOf', () => {
  it('is after the last day', () => {
    expect(endOf(excluded('2027-12-31'))).toBe(Date.UTC(2028, 0, 1) / 1000);
    expect(endOf(excluded())).toBe(undefined);
  });
});

describe('exclusionNotices', () => {
  const cases: readonly (readonly [now: string, said: string | undefined])[] = [
    ['2027-12-17T23:59:59Z', undefined],
    ['2027-12-18T00:00:00Z', 'ends after 2027-12-31, in 14 days'],
    ['2027-12-31T23:59:59Z', 'ends after 2027-12-31, in 1 days'],
    ['2028-01-01T00:00:00Z', 'ended after 2027-12-31'],
  ];
  for (const [now, said] of cases) {
    it(`of ${now}`, () =>
      expect(exclusionNotices([excluded('2027-12-31'), excluded()], new Date(now))).toStrictEqual(
        said === undefined ? [] : [`weir.yaml:3:5: the exclusion of search-team ${said}: why`],
      ));
  }
});
