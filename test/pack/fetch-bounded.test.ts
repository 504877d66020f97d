import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { bodyOf, isLoopback, request } from '../../src/pack/fetch-bounded.ts';

async function serve(test: TestContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  test.onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

describe('request', () => {
  it('connects to other machines only with https, also after redirects', async (test) => {
    await expect(request(new URL('http://registry.example/'))).rejects.toThrow(/^registry\.example is another machine/);
    await expect(request(new URL('file:///etc/passwd'))).rejects.toThrow(/by https only/);
    const hosts = [
      'localhost',
      '127.0.0.1',
      '127.1.2.3',
      '[::1]',
      '127.0.0.1.example',
      '10.0.0.1',
      'localhost.example',
    ];
    expect(hosts.filter(isLoopback)).toStrictEqual(hosts.slice(0, 4));
    const url = await serve(test, (_, response) => response.end('x'.repeat(100)));
    expect((await bodyOf(await request(url), 100)).length).toBe(100);
    await expect(request(url).then((response) => bodyOf(response, 99))).rejects.toThrow(/sends more than 99 bytes/);
  });

  it('reports which host does not respond', async () => {
    await expect(request(new URL('http://127.0.0.1:1/'))).rejects.toThrow(/^127\.0\.0\.1:1 does not answer: /);
  });

  it('follows redirects, and sends credentials only to the first host', async (test) => {
    const seen: (string | undefined)[] = [];
    const other = await serve(test, ({ headers, method }, response) => {
      seen.push(`${method} ${headers.authorization ?? 'nobody'}`);
      response.end('there');
    });
    const first = await serve(test, ({ url, headers, method }, response) => {
      seen.push(`${method} ${headers.authorization ?? 'nobody'}`);
      response.writeHead(307, { location: url === '/' ? '/again' : other.href }).end();
    });
    const init = { method: 'PUT', body: 'x', headers: { authorization: 'Basic eA==' } };
    expect((await bodyOf(await request(first, init), 100)).toString()).toBe('there');
    expect(seen).toStrictEqual(['PUT Basic eA==', 'PUT Basic eA==', 'PUT nobody']);
  });

  const elsewhere: readonly (readonly [what: string, location: string, init: RequestInit, message: RegExp])[] = [
    ['plain HTTP to another machine', 'http://registry.example/', {}, /registry\.example is another machine/],
    ['a file', 'file:///etc/passwd', {}, /by https only/],
    ['what is not an address', 'http://[', {}, /an invalid address/],
    ['itself for ever', '/', {}, new RegExp(`more than ${constants.packRedirectsMax} times`)],
    ['another page, for what is sent', '/', { method: 'POST', body: 'x' }, /redirects an upload/],
  ];
  for (const [what, location, init, message] of elsewhere) {
    it(`is not redirected to ${what}`, async (test) => {
      const url = await serve(test, (_, response) => response.writeHead(302, { location }).end());
      await expect(request(url, init)).rejects.toThrow(
        expect.objectContaining({ code: 'pack.registry', message: expect.stringMatching(message) as string }),
      );
    });
  }

  it('is not redirected to this machine by another', async (test) => {
    let count = 0;
    const url = await serve(test, (_, response) => {
      count += 1;
      response.end();
    });
    const from = new URL('https://registry.example/');
    await expect(request(url, {}, from)).rejects.toThrow(/^registry\.example sends us to .*, which is this machine$/);
    expect(count).toBe(0);
    await request(url, {}, url);
    expect(count).toBe(1);
  });
});
