import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isLocal, openAccess } from '../../src/admin/access.ts';
import type { AdminSettings } from '../../src/config/config.ts';
import { parseListenAddress } from '../../src/ext-proc/listen-address.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-access-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const token = 'a-token-of-32-characters-and-so-on';
const tokenFile = fileWith('token', `${token}\n`);

const open = (settings: AdminSettings, environment: Readonly<Record<string, string>> = {}) =>
  openAccess(settings, parseListenAddress(settings.listen), environment);

describe('isLocal', () => {
  for (const [address, expected] of [
    ['127.0.0.1:1', true],
    ['127.9.9.9:1', true],
    ['[::1]:1', true],
    ['[::ffff:127.0.0.1]:1', true],
    ['localhost:1', true],
    ['unix:/run/weir/admin.sock', true],
    ['0.0.0.0:1', false],
    ['[::]:1', false],
    ['[::ffff:10.0.0.1]:1', false],
    ['10.0.0.1:1', false],
    ['128.0.0.1:1', false],
    ['127.1:1', false],
    ['weir.example:1', false],
    ['localhost.example:1', false],
  ] as const) {
    it(`is ${expected} for ${address}`, () => expect(isLocal(parseListenAddress(address))).toBe(expected));
  }
});

describe('openAccess', () => {
  it('requires nothing of local programs by default', () => {
    const access = open({ listen: '127.0.0.1:0' });
    expect([access.isProtected, access.isAuthorized(undefined)]).toStrictEqual([false, true]);
    expect(open({ listen: '127.0.0.1:0', tokenFile }).isAuthorized(undefined)).toBe(false);
  });

  for (const [what, settings, environment] of [
    ['a file', { listen: '0.0.0.0:0', tokenFile }, {}],
    ['the environment', { listen: '0.0.0.0:0' }, { WEIR_ADMIN_TOKEN: token }],
  ] as const) {
    it(`accepts the token of ${what}, and no other`, () => {
      const access = open(settings, environment);
      expect(access.isProtected).toBe(true);
      expect(access.isAuthorized(`Bearer ${token}`)).toBe(true);
      expect(access.isAuthorized(`bearer  ${token} `)).toBe(true);
      for (const wrong of [undefined, '', token, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`]) {
        expect(access.isAuthorized(wrong), wrong).toBe(false);
      }
    });
  }

  for (const [what, settings, environment, message] of [
    ['an address that others can reach', { listen: '0.0.0.0:9990' }, {}, /other machines can reach .*0\.0\.0\.0:9990/],
    ['the same by IPv6', { listen: '[::]:9990' }, {}, /other machines/],
    ['a name', { listen: 'weir.example:9990' }, {}, /other machines/],
    ['a short token', { listen: '127.0.0.1:0' }, { WEIR_ADMIN_TOKEN: 'short' }, /at least 16 .* got 5/],
    ['an empty token', { listen: '0.0.0.0:0' }, { WEIR_ADMIN_TOKEN: '' }, /at least 16 .* got 0/],
    ['a token in two lines', { listen: '0.0.0.0:0' }, { WEIR_ADMIN_TOKEN: `${token}\n${token}` }, /without blanks/],
    ['a missing file', { listen: '127.0.0.1:0', tokenFile: join(folder, 'none') }, {}, /admin token: ENOENT/],
    [
      'a certificate that is none',
      { listen: '127.0.0.1:0', tls: { certFile: tokenFile, keyFile: tokenFile } },
      {},
      /certificates .* do not work/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => open(settings, environment)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }
});
