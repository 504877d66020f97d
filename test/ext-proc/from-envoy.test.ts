import { describe, expect, it } from 'vitest';
import { requestHeadOf, responseHeadOf } from '../../src/ext-proc/from-envoy.ts';

const header = (name: string, value: string) => ({ name, value });

const noBody = { hasBody: false };

describe('requestHeadOf', () => {
  describe('restores the transfer coding of a body without a length', () => {
    const http1 = { 'request.protocol': 'HTTP/1.1' };
    const cases: readonly (readonly [string, readonly string[], Record<string, string>, boolean, boolean])[] = [
      ['HTTP/1.1 with a body', [], http1, true, true],
      ['without a body', [], http1, false, false],
      ['with a length', ['content-length'], http1, true, false],
      ['with a transfer coding that was carried', ['x-weir-original-transfer-encoding'], http1, true, false],
      ['an upgrade', ['upgrade'], http1, true, false],
      ['HTTP/2', [], { 'request.protocol': 'HTTP/2' }, true, false],
      ['HTTP/1.0', [], { 'request.protocol': 'HTTP/1.0' }, true, false],
      ['a protocol that is not told', [], {}, true, false],
    ];
    for (const [why, names, attributes, hasBody, isChunked] of cases) {
      it(why, () => {
        const received = names.map((name) => header(name, 'x'));
        const { headers } = requestHeadOf(received, attributes, { hasBody });
        const found = headers.some(({ name, value }) => name === 'transfer-encoding' && value === 'chunked');
        expect(found).toBe(isChunked);
      });
    }
  });

  it('removes pseudo headers and adds the authority as host', () => {
    const received = [
      header(':method', 'PUT'),
      header(':path', '/a?b=c'),
      header(':authority', 'x.test'),
      header('cookie', 'a=1'),
    ];
    expect(requestHeadOf(received, {}, noBody)).toStrictEqual({
      method: 'PUT',
      target: '/a?b=c',
      protocol: 'HTTP/1.1',
      headers: [
        { name: 'host', value: 'x.test' },
        { name: 'cookie', value: 'a=1' },
      ],
      remoteAddress: '',
      remotePort: 0,
      serverAddress: '',
    });
  });

  it('keeps an existing host header', () => {
    const head = requestHeadOf([header(':authority', 'x.test'), header('host', 'y.test')], {}, noBody);
    expect(head.headers).toStrictEqual([{ name: 'host', value: 'y.test' }]);
  });

  it('uses the authority as the target of a CONNECT', () => {
    expect(requestHeadOf([header(':method', 'CONNECT'), header(':authority', 'x:443')], {}, noBody).target).toBe(
      'x:443',
    );
  });

  it('keeps bytes that are not UTF-8, duplicates and their order', () => {
    const received = [header('a', '\xff\x00\x80'), header('b', '1'), header('a', '2')];
    expect(requestHeadOf(received, {}, noBody).headers).toStrictEqual([
      { name: 'a', value: '\xff\x00\x80' },
      { name: 'b', value: '1' },
      { name: 'a', value: '2' },
    ]);
  });

  it('reads the client from the attributes', () => {
    const cases = [
      ['192.0.2.7:4711', '192.0.2.7', 4711],
      ['[2001:db8::1]:80', '2001:db8::1', 80],
      ['/run/pipe', '', 0],
      [undefined, '', 0],
    ] as const;
    for (const [address, host, port] of cases) {
      const attributes = { 'source.address': address, 'destination.address': address, 'request.protocol': 'HTTP/2' };
      const head = requestHeadOf([], attributes, noBody);
      expect([head.remoteAddress, head.remotePort, head.protocol]).toStrictEqual([host, port, 'HTTP/2']);
      expect(head.serverAddress).toBe(host);
    }
  });
});

describe('responseHeadOf', () => {
  it('reads the status', () => {
    expect(responseHeadOf([header(':status', '404')], 'HTTP/1.1').status).toBe(404);
    expect(responseHeadOf([header(':status', 'x')], 'HTTP/1.1').status).toBe(0);
  });
});
