import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildRequest, type RequestFlags, readFile } from '../../src/cli/request-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-flags-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'body');
writeFileSync(file, Buffer.from('l1\r\nl2\n\0\xff & ü', 'latin1'));
// Old and new versions of curl treat a NUL differently.
const lines = join(folder, 'lines');
writeFileSync(lines, Buffer.from('l1\r\nl2\n\xff & ü', 'latin1'));

const build = (flags: Partial<RequestFlags>): string =>
  Buffer.from(buildRequest({ url: '/', method: undefined, headers: [], parts: [], ...flags })).toString('latin1');

describe('buildRequest', () => {
  it('builds a GET with curl’s headers', () => {
    expect(build({ url: 'http://example.com:8080/a/../b?c=%41#d' })).toBe(
      'GET /a/../b?c=%41 HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n',
    );
  });

  const targets: readonly (readonly [string, string, string])[] = [
    ['/path?x', '/path?x', 'localhost'],
    ['http://h', '/', 'h'],
    ['http://h?q', '/?q', 'h'],
    ['HTTP://h:80/', '/', 'h'],
    ['https://h:443/', '/', 'h'],
    ['http://h:443/', '/', 'h:443'],
    ['http://[::1]:8/x', '/x', '[::1]:8'],
    ['example.com/x?y', '/x?y', 'example.com'],
    ['localhost:8080', '/', 'localhost:8080'],
    ['/ü', '/\xc3\xbc', 'localhost'],
  ];
  for (const [url, target, host] of targets) {
    it(`leaves ${url} unchanged`, () => {
      const text = build({ url });
      expect(text.startsWith(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n`), text).toBe(true);
    });
  }

  it('lets headers be changed, added, emptied and left out', () => {
    const text = build({ headers: ['Host: other', 'Accept:', 'X-Empty;', 'X-Two: 1', 'X-Two:2', 'user-agent: me'] });
    expect(text).toBe('GET / HTTP/1.1\r\nHost: other\r\nuser-agent: me\r\nX-Empty:\r\nX-Two: 1\r\nX-Two:2\r\n\r\n');
  });

  it('joins the parts of a body', () => {
    const text = build({
      parts: [
        { kind: 'data', text: 'a=1' },
        { kind: 'raw', text: '@b' },
        { kind: 'urlencode', text: "c=x' y&" },
        { kind: 'binary', text: 'd=ü' },
      ],
    });
    const body = 'a=1&@b&c=x%27+y%26&d=\xc3\xbc';
    expect(text.startsWith('POST / HTTP/1.1\r\n')).toBe(true);
    expect(
      text.includes(`\r\nContent-Length: ${body.length}\r\nContent-Type: application/x-www-form-urlencoded\r\n`),
    ).toBe(true);
    expect(text.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  it('takes parts from files', () => {
    const body = (kind: 'data' | 'binary' | 'urlencode', text: string): string =>
      build({ parts: [{ kind, text }] })
        .split('\r\n\r\n')
        .slice(1)
        .join('\r\n\r\n');
    expect(body('data', `@${file}`)).toBe('l1l2\xff & \xfc');
    expect(body('binary', `@${file}`)).toBe('l1\r\nl2\n\0\xff & \xfc');
    expect(body('urlencode', `n@${file}`)).toBe('n=l1%0D%0Al2%0A%00%FF+%26+%FC');
    expect(body('urlencode', `@${file}`)).toBe('l1%0D%0Al2%0A%00%FF+%26+%FC');
    expect(body('urlencode', '=a=b')).toBe('a%3Db');
    expect(body('urlencode', 'plain text')).toBe('plain+text');
  });

  it('sends what curl sends', async (context) => {
    if (spawnSync('curl', ['--version']).status !== 0) return context.skip('there is no curl');
    const server = createServer((socket) => socket.once('data', (bytes) => received.resolve(bytes.toString('latin1'))));
    const received = Promise.withResolvers<string>();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/p/../q?x=1'y`;
    const flags = [
      '-H',
      'X-A;',
      '-H',
      'Accept:',
      '-H',
      'User-Agent: me',
      '-d',
      `@${lines}`,
      '--data-urlencode',
      'n=ü &',
    ];
    const curl = spawn('curl', ['--silent', '--max-time', '5', '--path-as-is', ...flags, url], { stdio: 'ignore' });
    const sent = await received.promise;
    curl.kill();
    server.close();
    const ours = build({
      url,
      headers: ['X-A;', 'Accept:', 'User-Agent: me'],
      parts: [
        { kind: 'data', text: `@${lines}` },
        { kind: 'urlencode', text: 'n=ü &' },
      ],
    });
    const linesOf = (text: string): string[] => text.split('\r\n').sort();
    expect(linesOf(ours)).toStrictEqual(linesOf(sent));
  });

  const wrong: readonly (readonly [Partial<RequestFlags>, RegExp])[] = [
    [{ url: 'a b/x' }, /neither/],
    [{ url: 'ftp://h/' }, /neither/],
    [{ url: 'http:///x' }, /no host/],
    [{ url: 'http://u:p@h/' }, /user name/],
    [{ headers: ['nonsense'] }, /write "Name: value"/],
    [{ headers: ['a: b\r\nc: d'] }, /--raw/],
    [{ parts: [{ kind: 'data', text: '@/nowhere/at/all' }] }, /cannot be read: no such file$/],
  ];
  for (const [flags, message] of wrong) {
    it(`refuses ${JSON.stringify(flags)}`, () => {
      expect(() => build(flags)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }
});

describe('readFile', () => {
  it('returns bytes, or names the file in its error', () => {
    expect(readFile(file).length).toBe(13);
    expect(() => readFile(join(folder, 'no'))).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/folder|no such file/i) }),
    );
  });
});
