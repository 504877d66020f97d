import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bodyOf, isLoopback, request } from '../../src/pack/fetch-bounded.ts';

describe('request', () => {
  it('goes to other machines by https only, redirects too', async (test) => {
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
    const server = createServer((_, response) => response.end('x'.repeat(100))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    test.onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect((await bodyOf(await request(url), 100)).length).toBe(100);
    await expect(request(url).then((response) => bodyOf(response, 99))).rejects.toThrow(/sends more than 99 bytes/);
  });

  it('says who does not answer', async () => {
    await expect(request(new URL('http://127.0.0.1:1/'))).rejects.toThrow(/^127\.0\.0\.1:1 does not answer: /);
  });
});
