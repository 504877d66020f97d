import { describe, expect, it } from 'vitest';
import { readBoundary } from '../../../src/body/multipart/multipart-boundary.ts';

describe('readBoundary', () => {
  const fine = [
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data;boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW', '----WebKitFormBoundary7MA4YWxkTrZu0gW'],
    ['multipart/form-data; charset=utf-8; BOUNDARY=abc; x=y', 'abc'],
    ["multipart/form-data; boundary='abc'", "'abc'"],
  ] as const;
  for (const [value, boundary] of fine) {
    it(`reads ${value}`, () => expect(readBoundary(value)).toStrictEqual({ boundary, facts: [], problems: [] }));
  }

  const odd = [
    ['multipart/form-data; boundary="abc"', 'MULTIPART_BOUNDARY_QUOTED'],
    ['multipart/form-data; boundary =abc', 'MULTIPART_BOUNDARY_WHITESPACE'],
    ['multipart/form-data; boundary=\tabc', 'MULTIPART_BOUNDARY_WHITESPACE'],
    [`multipart/form-data; boundary=${'a'.repeat(71)}`, 'MULTIPART_STRICT_ERROR'],
  ] as const;
  for (const [value, fact] of odd) {
    it(`reports ${fact} for ${value.slice(0, 50)}`, () => {
      expect(readBoundary(value).facts).toStrictEqual([fact]);
      expect(readBoundary(value).problems).toStrictEqual([]);
    });
  }

  it('allows the 70 bytes of RFC 2046', () => {
    expect(readBoundary(`multipart/form-data; boundary=${'a'.repeat(70)}`).facts).toStrictEqual([]);
  });

  const ambiguous = [
    'multipart/form-data',
    'multipart/form-data; boundary',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; boundary=a; xboundary=b',
    'multipart/form-data; boundary=a,b',
    'multipart/form-data; boundary="a"b',
    'multipart/form-data; boundary="a',
    'multipart/form-data; boundary=a"b',
    'multipart/form-data; boundary="a\\"b"',
    'multipart/form-data; boundary=a b',
    'multipart/form-data; boundary*=a',
    "multipart/form-data; boundary*=utf-8''a",
    'multipart/form-data; boundary*0=a; boundary*1=b',
    'multipart/form-data boundary=a',
    'multipart/form-data, boundary=a',
    'multipart/form-data; boundary=a\u0000b',
    'multipart/form-data; boundary=\u00e9',
    'multipart/form-data; boundary="a "',
  ];
  for (const value of ambiguous) {
    it(`finds a problem in ${JSON.stringify(value)}`, () =>
      expect(readBoundary(value).problems.length).toBeGreaterThan(0));
  }

  it('reads long headers', () => {
    for (const unit of ['boundary', 'boundary=', 'boundary="', '"\\', ' ']) {
      const { problems } = readBoundary(`multipart/form-data; boundary="${unit.repeat(100_000)}`);
      expect(problems.length, unit).toBeGreaterThan(0);
    }
  });
});
