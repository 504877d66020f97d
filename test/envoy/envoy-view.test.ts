import { describe, expect, it } from 'vitest';
import { EnvoyView, field, fieldAt, millisecondsOf, numberOf } from '../../src/envoy/envoy-view.ts';

const text = `a:
  - typed_config:
      "@type": type.googleapis.com/some.v3.Thing
      someName: { inner: 5 }
clusters:
  - name: one
`;

describe('EnvoyView', () => {
  const view = new EnvoyView(text, 'a.yaml');

  it('finds messages by type, what is around them, and clusters', () => {
    const [thing] = view.ofType('Thing');
    expect(thing?.path).toStrictEqual(['a', 0, 'typed_config']);
    expect(view.around(thing?.path ?? []).map(({ path }) => path)).toStrictEqual([['a', 0], []]);
    expect([...view.clusters.keys()]).toStrictEqual(['one']);
    expect(view.ofType('Other')).toStrictEqual([]);
  });

  it('knows where a value is, in either spelling, or the closest parent when it is missing', () => {
    const path = ['a', 0, 'typed_config'];
    expect(view.placeOf([...path, 'some_name', 'inner'])).toStrictEqual({ line: 4, column: 26 });
    expect(view.placeOf([...path, 'some_name', 'other'])).toStrictEqual({ line: 4, column: 17 });
    expect(view.placeOf([...path, 'missing'])).toStrictEqual({ line: 3, column: 7 });
    expect(view.placeOf([])).toStrictEqual({ line: 1, column: 1 });
  });

  it('reads fields in either spelling, numbers in texts, durations', () => {
    expect(fieldAt({ some_name: { x: 1 } }, 'some_name', 'x')).toBe(1);
    expect([field({ someName: 2 }, 'some_name'), field([], 'a'), field(null, 'a')]).toStrictEqual([
      2,
      undefined,
      undefined,
    ]);
    expect(['5', 5, '', 'x', null, true].map(numberOf)).toStrictEqual([5, 5, ...Array(4).fill(undefined)]);
    expect(['1.5s', '0s', '5', 5, '-1s', '1m'].map(millisecondsOf)).toStrictEqual([
      1_500,
      0,
      ...Array(4).fill(undefined),
    ]);
  });
});
