import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  printable,
  redactLogData,
  redactMessage,
  redactTarget,
  redactText,
  redactValue,
} from '../../src/telemetry/redact.ts';

describe('printable', () => {
  it('keeps printable ASCII', () => {
    assert.equal(printable('GET /a?b="c" HTTP/1.1'), 'GET /a?b="c" HTTP/1.1');
  });

  it('leaves nothing that begins a line, moves a cursor or hides text', () => {
    assert.equal(printable('a\r\nb\x1b[2J\x00\x7f\xff\\'), 'a\\x0d\\x0ab\\x1b[2J\\x00\\x7f\\xff\\\\');
    for (let unit = 0; unit < 256; unit += 1) assert.match(printable(String.fromCharCode(unit)), /^[\x20-\x7e]+$/);
  });

  it('is bounded', () => {
    assert.equal(printable('x'.repeat(10_000)).length, 512 + 3);
    assert.ok(printable('\x00'.repeat(10_000)).length <= 4 * 512 + 3);
  });
});

describe('redactText', () => {
  it('cuts out what is a secret by its kind, also one of which only the beginning would be shown', () => {
    assert.equal(redactText('ARGS:4111111111111111'), 'ARGS:[card]');
    assert.equal(redactText(`${'x '.repeat(251)}4111111111111111`).slice(-6), '[card]');
  });
});

describe('redactValue', () => {
  it('shows the length and no part, however long', () => {
    for (const value of ['', 'hunter2', '4111111111111111', 'correct horse battery staple']) {
      assert.equal(redactValue(value), `[${value.length} bytes]`);
    }
  });
});

describe('redactLogData', () => {
  it('hides values unless they are asked for', () => {
    const data = 'Matched Data: union select found within ARGS:q';
    assert.equal(redactLogData(data, 'ARGS:q', 'redacted'), '[46 bytes]');
    assert.equal(redactLogData(data, 'ARGS:q', 'full'), data);
    assert.equal(redactLogData('', 'ARGS:q', 'redacted'), '');
  });

  it('hides what goes by the name of a secret in any case', () => {
    for (const variable of ['ARGS:password', 'REQUEST_COOKIES:sid', 'REQUEST_HEADERS:Authorization', 'ARGS:api_key']) {
      for (const redaction of ['redacted', 'full'] as const) {
        assert.doesNotMatch(redactLogData('a b hunter2 c d', variable, redaction), /hunter|c d|a b/, variable);
      }
    }
  });

  it('hides secrets inside of values in any case', () => {
    assert.equal(
      redactLogData('x found within REQUEST_BODY: a=1&pwd=hunter2&card=4111111111111111', 'REQUEST_BODY', 'full'),
      'x found within REQUEST_BODY: a=1&pwd=[secret]&card=[secret]',
    );
    assert.equal(redactLogData('note=4111 1111 1111 1111', 'ARGS:note', 'full'), 'note=[card]');
    assert.equal(redactLogData('%34111111111111111 pwd=a%26b', 'ARGS:q', 'full'), '%[card] pwd=[secret]');
    assert.equal(redactLogData('p\0w\0d\0=\0h\0i', 'REQUEST_BODY', 'full'), 'pwd=[secret]');
    assert.equal(redactLogData('a%20b%3Dc', 'ARGS:q', 'full'), 'a%20b%3Dc');
  });
});

describe('redactMessage', () => {
  const message = 'score 25 of hunter2 in ARGS:q';
  const places = [
    { from: 6, to: 8 },
    { from: 12, to: 19 },
  ];

  it('hides what macros filled in, but for small numbers', () => {
    assert.equal(redactMessage(message, places, 'redacted'), 'score 25 of [7 bytes] in ARGS:q');
    assert.equal(redactMessage(message, places, 'full'), message);
    assert.equal(redactMessage('number 4111111111111111', [{ from: 7, to: 23 }], 'full'), 'number [card]');
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
      assert.equal(redactTarget(target, 'redacted'), redacted);
      assert.equal(redactTarget(target, 'full'), full);
    });
  }

  it('reads targets of any length in bounded time', () => {
    const long = `/${'a1'.repeat(500_000)}?${'password='.repeat(100_000)}`;
    assert.ok(redactTarget(long, 'full').length <= 4 * 512 + 3);
  });
});
