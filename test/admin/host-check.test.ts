import { describe, expect, it } from 'vitest';
import { isAddressLiteral, webPageSign } from '../../src/admin/host-check.ts';

describe('isAddressLiteral', () => {
  for (const host of ['127.0.0.1', '127.0.0.1:9990', '[::1]', '[::1]:9990', 'localhost', 'LOCALHOST:80', '10.1.2.3']) {
    it(`accepts ${host}`, () => expect(isAddressLiteral(host)).toBe(true));
  }
  for (const host of [
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:9990',
    '2130706433',
    '0x7f000001',
    '127.1',
    '[evil.example]',
    '[127.0.0.1]',
    '::1',
    '127.0.0.1:9990:1',
    '127.0.0.1@evil.example',
    'localhost.',
    ' localhost',
  ]) {
    it(`refuses ${JSON.stringify(host)}`, () => expect(isAddressLiteral(host)).toBe(false));
  }
});

describe('webPageSign', () => {
  const host = ['Host', '127.0.0.1:9990'];
  for (const [what, more, sign] of [
    ['takes a plain request', [], undefined],
    ['takes an address that somebody typed', ['Sec-Fetch-Site', 'none'], undefined],
    ['refuses a form of a page', ['Origin', 'https://evil.example'], /web pages/],
    ['refuses a page without an origin of its own', ['Origin', 'null'], /web pages/],
    ['refuses a link of a page', ['Sec-Fetch-Site', 'cross-site'], /web pages/],
    ['refuses a second Host', ['host', '127.0.0.1'], /2 came/],
  ] as const) {
    it(what, () => {
      const found = webPageSign({ rawHeaders: [...host, ...more] });
      if (sign === undefined) expect(found).toBe(undefined);
      else expect(found).toMatch(sign);
    });
  }

  it('refuses a request without Host', () => expect(webPageSign({ rawHeaders: [] })).toMatch(/0 came/));
});
