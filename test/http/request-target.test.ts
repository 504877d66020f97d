import { describe, expect, it } from 'vitest';
import { decodePercent, parseRequestTarget, type RequestTarget } from '../../src/http/request-target.ts';

/** raw → how the result differs from that of a plain origin form. */
const cases: readonly (Omit<RequestTarget, 'uri'> & { readonly uri?: string; readonly why: string })[] = [
  { raw: '/', filename: '/', basename: '', query: '', why: 'root' },
  { raw: '', filename: '', basename: '', query: '', why: 'nothing (CONNECT)' },
  { raw: '*', filename: '*', basename: '*', query: '', why: 'OPTIONS *' },
  { raw: '/a/b.php?x=1&y', filename: '/a/b.php', basename: 'b.php', query: 'x=1&y', why: 'path and query' },
  { raw: '/a?b?c=/d', filename: '/a', basename: 'a', query: 'b?c=/d', why: 'the first question mark splits' },
  { raw: '/a%3fb?c', filename: '/a?b', basename: 'a?b', query: 'c', why: 'split before decoding, CVE-2024-1019' },
  { raw: '/a%2Fb%2e', filename: '/a/b.', basename: 'b.', query: '', why: 'path decoded once' },
  { raw: '/%252e', filename: '/%2e', basename: '%2e', query: '', why: 'and only once' },
  { raw: '/a%zz%4', filename: '/a%zz%4', basename: 'a%zz%4', query: '', why: 'invalid escapes kept' },
  { raw: '/a+b', filename: '/a+b', basename: 'a+b', query: '', why: 'plus is not a space in a path' },
  { raw: '/a\\b', filename: '/a\\b', basename: 'b', query: '', why: 'a backslash separates too' },
  { raw: '//host/x?y', filename: '//host/x', basename: 'x', query: 'y', why: 'never an authority, CVE-2025-29914' },
  { raw: '//user@host:1/../x', filename: '//user@host:1/../x', basename: 'x', query: '', why: 'nothing is resolved' },
  { raw: '/http://h/x', filename: '/http://h/x', basename: 'x', query: '', why: 'a URL inside a path' },
  { raw: '/a#b?c', filename: '/a#b', basename: 'a#b', query: 'c', why: 'a fragment is kept' },
  { raw: 'http://h/x?y', uri: '/x?y', filename: '/x', basename: 'x', query: 'y', why: 'absolute form' },
  { raw: 'HTTPS://h:1', uri: '', filename: '', basename: '', query: '', why: 'absolute form without path' },
  { raw: 'http://h?y=/z', uri: '?y=/z', filename: '', basename: '', query: 'y=/z', why: 'query right after the host' },
  { raw: 'http://h\\x', uri: '\\x', filename: '\\x', basename: 'x', query: '', why: 'a backslash ends the host' },
  { raw: '1http://h/x', filename: '1http://h/x', basename: 'x', query: '', why: 'no scheme' },
  { raw: 'h:443', filename: 'h:443', basename: 'h:443', query: '', why: 'authority form' },
  { raw: '/\u00ff%ff', filename: '/\u00ff\u00ff', basename: '\u00ff\u00ff', query: '', why: 'bytes above 127' },
];

describe('parseRequestTarget', () => {
  for (const { why, ...expected } of cases) {
    it(`reads ${JSON.stringify(expected.raw)}: ${why}`, () => {
      expect(parseRequestTarget(expected.raw)).toStrictEqual({ uri: expected.raw, ...expected });
    });
  }

  it('reads a target of a megabyte in linear time', () => {
    const target = `/${'%2'.repeat(500_000)}`;
    const parsed = parseRequestTarget(target);
    expect(parsed.filename, 'no escape of it is complete').toBe(target);
  });
});

describe('decodePercent', () => {
  it('decodes at the very end', () => {
    expect(decodePercent('%41')).toBe('A');
    expect(decodePercent('%%41%4')).toBe('%A%4');
    expect(decodePercent('plain')).toBe('plain');
  });
});
