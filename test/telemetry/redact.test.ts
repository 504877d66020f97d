import { describe, expect, it } from 'vitest';
import {
  printable,
  redactionFor,
  redactLogData,
  redactMessage,
  redactTarget,
  redactText,
  redactValue,
} from '../../src/telemetry/redact.ts';

describe('printable', () => {
  it('keeps printable ASCII', () => {
    expect(printable('GET /a?b="c" HTTP/1.1')).toBe('GET /a?b="c" HTTP/1.1');
  });

  it('leaves nothing that begins a line, moves a cursor or hides text', () => {
    expect(printable('a\r\nb\x1b[2J\x00\x7f\xff\\')).toBe('a\\x0d\\x0ab\\x1b[2J\\x00\\x7f\\xff\\\\');
    for (let unit = 0; unit < 256; unit += 1) expect(printable(String.fromCharCode(unit))).toMatch(/^[\x20-\x7e]+$/);
  });

  it('is bounded', () => {
    expect(printable('x'.repeat(10_000)).length).toBe(512 + 3);
    expect(printable('\x00'.repeat(10_000)).length).toBeLessThanOrEqual(4 * 512 + 3);
  });
});

describe('redactText', () => {
  it('removes secrets by their kind, also one of which only the beginning would be shown', () => {
    expect(redactText('ARGS:4111111111111111')).toBe('ARGS:[card]');
    expect(redactText(`${'x '.repeat(251)}4111111111111111`).slice(-6)).toBe('[card]');
  });
});

describe('redactValue', () => {
  it('shows the length and no part, however long', () => {
    for (const value of ['', 'hunter2', '4111111111111111', 'correct horse battery staple']) {
      expect(redactValue(value)).toBe(`[${value.length} bytes]`);
    }
  });
});

describe('redactLogData', () => {
  it('hides values by default', () => {
    const data = 'Matched Data: union select found within ARGS:q';
    expect(redactLogData(data, 'ARGS:q', 'redacted')).toBe('[46 bytes]');
    expect(redactLogData(data, 'ARGS:q', 'full')).toBe(data);
    expect(redactLogData('', 'ARGS:q', 'redacted')).toBe('');
  });

  it('always hides what has the name of a secret', () => {
    for (const variable of ['ARGS:password', 'REQUEST_COOKIES:sid', 'REQUEST_HEADERS:Authorization', 'ARGS:api_key']) {
      for (const redaction of ['redacted', 'full'] as const) {
        expect(redactLogData('a b hunter2 c d', variable, redaction), variable).not.toMatch(/hunter|c d|a b/);
      }
    }
  });

  it('hides secrets inside of values in any case', () => {
    expect(
      redactLogData('x found within REQUEST_BODY: a=1&pwd=hunter2&card=4111111111111111', 'REQUEST_BODY', 'full'),
    ).toBe('x found within REQUEST_BODY: a=1&pwd=[secret]&card=[secret]');
    expect(redactLogData('note=4111 1111 1111 1111', 'ARGS:note', 'full')).toBe('note=[card]');
    expect(redactLogData('%34111111111111111 pwd=a%26b', 'ARGS:q', 'full')).toBe('%[card] pwd=[secret]');
    expect(redactLogData('p\0w\0d\0=\0h\0i', 'REQUEST_BODY', 'full')).toBe('pwd=[secret]');
    expect(redactLogData('a%20b%3Dc', 'ARGS:q', 'full')).toBe('a%20b%3Dc');
  });
});

describe('redactMessage', () => {
  const message = 'score 25 of hunter2 in ARGS:q';
  const places = [
    { from: 6, to: 8 },
    { from: 12, to: 19 },
  ];

  it('hides what macros expanded to, except small numbers', () => {
    expect(redactMessage(message, places, 'redacted')).toBe('score 25 of [7 bytes] in ARGS:q');
    expect(redactMessage(message, places, 'full')).toBe(message);
    expect(redactMessage('number 4111111111111111', [{ from: 7, to: 23 }], 'full')).toBe('number [card]');
  });
});

describe('without e-mail addresses', () => {
  const cases: readonly (readonly [value: string, full: string, without: string])[] = [
    ['to=ann.lee@mail.example', 'to=ann.lee@mail.example', 'to=[e-mail]'],
    ['to=ann%40mail.example&x=1', 'to=ann%40mail.example&x=1', 'to=[e-mail]&x=1'],
    ['\\u0061nn@mail.example', '\\\\u0061nn@mail.example', '\\\\[e-mail]'],
    ['a @ b, no address', 'a @ b, no address', 'a @ b, no address'],
    ['4111111111111111 ann@mail.example', '[card] ann@mail.example', '[card] [e-mail]'],
  ];
  for (const [value, full, without] of cases) {
    it(`values are shown by choice: ${value}`, () => {
      const places = [{ from: 0, to: value.length }];
      expect(redactLogData(value, 'ARGS:q', 'full')).toBe(full);
      expect(redactLogData(value, 'ARGS:q', 'without-email')).toBe(without);
      expect(redactMessage(value, places, 'without-email')).toBe(without);
      expect(redactLogData(value, 'ARGS:q', 'redacted')).toBe(`[${value.length} bytes]`);
    });
  }

  it('is what logValues asks for by that word', () => {
    expect([true, false, 'without-email' as const].map(redactionFor)).toStrictEqual([
      'full',
      'redacted',
      'without-email',
    ]);
  });
});

describe('redactTarget', () => {
  const cases: readonly (readonly [target: string, redacted: string, full?: string])[] = [
    ['/a/b', '/a/b'],
    ['/a/b?user=alice&x', '/a/b?user=[5 bytes]&[1 bytes]', '/a/b?user=alice&x'],
    ['/login?password=hunter2-hunter2-hunter2', '/login?password=[23 bytes]', '/login?password=[secret]'],
    ['/?p%61ss=hunter2', '/?p%61ss=[7 bytes]', '/?p%61ss=[secret]'],
    ['/?q=4111%2D1111-1111-1111', '/?q=[21 bytes]', '/?q=[card]'],
    ['/?4111111111111111=a', '/?[card]=[1 bytes]', '/?[card]=a'],
    ['/pay/4111111111111111/now', '/pay/[card]/now', '/pay/[card]/now'],
    ['/pay/%34111111111111111', '/pay/[card]', '/pay/[card]'],
    ['/reset/hunter2/step', '/reset/[7 bytes]/[4 bytes]', '/reset/[7 bytes]/[4 bytes]'],
    ['/password/reset/hunter2', '/password/reset/[7 bytes]', '/password/reset/[7 bytes]'],
    ['/files/aGVsbG8gd29ybGQ3', '/files/[16 bytes]', '/files/aGVsbG8gd29ybGQ3'],
    ['/reset%2Fhunter2', '/reset%2F[7 bytes]'],
    ['/%2572eset/hunter2', '/%2572eset/[7 bytes]'],
    ['/login/password=hunter2', '/login/password=[secret]'],
    ['/?q=%7B%22pwd%22%3A%22hunter2%22%7D', '/?q=[31 bytes]', '/?q={"pwd":[secret]}'],
    ['/?q=pwd%253Dhunter%26x', '/?q=[18 bytes]', '/?q=pwd=[secret]&x'],
    ['/?eyJhbGciOiJub25lIn0', '/?[19 bytes]'],
    ['/?eyJhbGciOiJub25lIn0.e30.', '/?[24 bytes]'],
    ['/a?3f2a9c8b7d6e5f4a3b2c1d0e', '/a?[24 bytes]'],
    ['/reset?hunter2', '/reset?[7 bytes]'],
    ['/password/reset?hunter2&x=1', '/password/reset?[7 bytes]&x=[1 bytes]', '/password/reset?[7 bytes]&x=1'],
    ['/login?kennwort=hunter2', '/login?kennwort=[7 bytes]', '/login?kennwort=[secret]'],
    ['/login?mot_de_passe=hunter2', '/login?mot_de_passe=[7 bytes]', '/login?mot_de_passe=[secret]'],
    ['/users/jane@example.org', '/users/[e-mail]', '/users/[e-mail]'],
    ['/a;jsessionid=1234/b', '/a;jsessionid=[4 bytes]/b', '/a;jsessionid=[secret]/b'],
    ['http://u:hunter2@host/a', 'http://[credentials]@host/a', 'http://[credentials]@host/a'],
    ['/a?b=c\n', '/a?b=[2 bytes]', '/a?b=c\\x0a'],
    ['*', '*'],
    ['', ''],
  ];
  for (const [target, redacted, full = redacted] of cases) {
    it(`shows ${JSON.stringify(target)}`, () => {
      expect(redactTarget(target, 'redacted')).toBe(redacted);
      expect(redactTarget(target, 'full')).toBe(full);
    });
  }

  it('reads targets of any length in bounded time', () => {
    const long = `/${'a1'.repeat(500_000)}?${'password='.repeat(100_000)}`;
    expect(redactTarget(long, 'full').length).toBeLessThanOrEqual(4 * 512 + 3);
  });
});
