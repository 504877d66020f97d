import { describe, expect, it } from 'vitest';
import { FieldMatch } from '../../src/evaluate/field-match.ts';
import { placeOf } from '../../src/evaluate/match-place.ts';
import { nativeAddon } from '../../src/matching/native.ts';

const idOf = (name: string): number => nativeAddon().transformNames().indexOf(name);
const target = { variable: 'ARGS' } as never;

function placed(raw: string, chain: readonly string[], to = 0) {
  return placeOf(new FieldMatch({ target, key: 'q', raw, transformations: chain.map(idOf), to }));
}

describe('placeOf', () => {
  it('names the transformations that changed the value, and shows its end up to what was found', () => {
    expect(placed('a%20UNION+select b', ['urlDecodeUni', 'removeNulls', 'lowercase'], 14)).toStrictEqual({
      offset: 14,
      transformations: ['urlDecodeUni', 'lowercase'],
      excerpt: 'a union select',
    });
    expect(placed('plain', ['lowercase'], 5)).toStrictEqual({ offset: 5, transformations: [], excerpt: 'plain' });
  });

  it('shows the last 64 bytes before it, or the first if an operator reports no place', () => {
    const long = 'x'.repeat(100);
    expect(placed(`${long}needle tail`, [], 106).excerpt).toBe(`${'x'.repeat(58)}needle`);
    expect(placed(`start${long}`, []).excerpt).toBe(`start${'x'.repeat(59)}`);
    expect(placed('', ['lowercase'])).toStrictEqual({ offset: 0, transformations: [], excerpt: '' });
  });

  it('reports only the place of long values', () => {
    expect(placed('x'.repeat(4_096), ['lowercase'], 7).excerpt).toBe('xxxxxxx');
    expect(placed('x'.repeat(4_097), ['lowercase'], 7)).toStrictEqual({ offset: 7 });
  });
});
