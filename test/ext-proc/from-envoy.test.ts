import { describe, expect, it } from 'vitest';
import { decodeRequest, requestHeadOf, responseHeadOf, trailersOf } from '../../src/ext-proc/from-envoy.ts';
import { encodeRequest, requestHeaders } from '../support/ext-proc.ts';

const raw = (key: string, value: string) => ({ key, value: '', rawValue: Buffer.from(value, 'latin1') });

const noBody = { hasBody: false };

describe('requestHeadOf', () => {
  describe('gives back the transfer coding of a body without a length', () => {
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
        const map = { headers: names.map((name) => raw(name, 'x')) };
        const { headers } = requestHeadOf(map, attributes, { hasBody });
        const found = headers.some(({ name, value }) => name === 'transfer-encoding' && value === 'chunked');
        expect(found).toBe(isChunked);
      });
    }
  });

  it('takes pseudo headers out and puts the authority in as host', () => {
    const map = {
      headers: [raw(':method', 'PUT'), raw(':path', '/a?b=c'), raw(':authority', 'x.test'), raw('cookie', 'a=1')],
    };
    expect(requestHeadOf(map, {}, noBody)).toStrictEqual({
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

  it('keeps a host header that is there', () => {
    const head = requestHeadOf({ headers: [raw(':authority', 'x.test'), raw('host', 'y.test')] }, {}, noBody);
    expect(head.headers).toStrictEqual([{ name: 'host', value: 'y.test' }]);
  });

  it('takes the authority for the target of a CONNECT', () => {
    expect(requestHeadOf({ headers: [raw(':method', 'CONNECT'), raw(':authority', 'x:443')] }, {}, noBody).target).toBe(
      'x:443',
    );
  });

  it('keeps bytes that are not UTF-8, duplicates and their order', () => {
    const map = { headers: [raw('a', '\xff\x00\x80'), raw('b', '1'), raw('a', '2')] };
    expect(requestHeadOf(map, {}, noBody).headers).toStrictEqual([
      { name: 'a', value: '\xff\x00\x80' },
      { name: 'b', value: '1' },
      { name: 'a', value: '2' },
    ]);
  });

  it('reads value where raw_value is empty, as bytes', () => {
    const map = { headers: [{ key: 'a', value: 'é', rawValue: Buffer.alloc(0) }] };
    expect(requestHeadOf(map, {}, noBody).headers[0]?.value).toBe('\xc3\xa9');
  });

  it('keeps the bytes of a name that is not ASCII', () => {
    const map = { headers: [raw('é中', '1')] };
    expect(requestHeadOf(map, {}, noBody).headers).toStrictEqual([{ name: '\xc3\xa9\xe4\xb8\xad', value: '1' }]);
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
      const head = requestHeadOf(undefined, attributes, noBody);
      expect([head.remoteAddress, head.remotePort, head.protocol]).toStrictEqual([host, port, 'HTTP/2']);
      expect(head.serverAddress).toBe(host);
    }
  });
});

describe('responseHeadOf', () => {
  it('reads the status', () => {
    expect(responseHeadOf({ headers: [raw(':status', '404')] }, 'HTTP/1.1').status).toBe(404);
    expect(responseHeadOf({ headers: [raw(':status', 'x')] }, 'HTTP/1.1').status).toBe(0);
  });
});

describe('trailersOf', () => {
  it('keeps everything', () => {
    expect(trailersOf({ headers: [raw('x', '1')] })).toStrictEqual([{ name: 'x', value: '1' }]);
    expect(trailersOf(undefined)).toStrictEqual([]);
  });
});

describe('decodeRequest', () => {
  it('throws protocol.malformed for what is none, also when it is cut anywhere', () => {
    const bytes = encodeRequest(requestHeaders(), 'streamed');
    for (let length = 1; length < bytes.length; length += 1) {
      try {
        decodeRequest(bytes.subarray(0, length));
      } catch (error) {
        expect((error as { code: string }).code).toBe('protocol.malformed');
      }
    }
    expect(() => decodeRequest(Buffer.from([0xff]))).toThrow(expect.objectContaining({ code: 'protocol.malformed' }));
  });
});
