import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { asksForTunnel, paceOfRequest, paceOfResponse } from '../../src/transaction/pace.ts';

const request = (headers: Readonly<Record<string, string>>, method = 'POST') => ({
  method,
  target: '/',
  protocol: 'HTTP/1.1',
  headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  remoteAddress: '',
  remotePort: 0,
});
const response = (headers: Readonly<Record<string, string>>, status = 200) => ({ ...request(headers), status });

describe('paceOfRequest', () => {
  it('holds an ordinary body for its time', () => {
    expect(paceOfRequest(request({ 'content-type': 'text/plain' }), limits)).toStrictEqual({
      holdMs: limits.holdMsMax,
      flow: 'after-hold',
    });
  });

  it('holds little where the ends converse or trailers are announced', () => {
    for (const headers of [{ 'content-type': 'application/grpc+proto' }, { trailer: 'x-sum' }]) {
      const pace = paceOfRequest(request(headers), limits);
      expect(pace).toStrictEqual({ holdMs: limits.interactiveHoldMsMax, flow: 'with-body' });
    }
  });

  it('holds nothing of a tunnel', () => {
    expect(paceOfRequest(request({}, 'CONNECT'), limits).flow).toBe('at-once');
    const upgrade = { connection: 'keep-alive, Upgrade', upgrade: 'websocket' };
    expect(paceOfRequest(request(upgrade), limits).flow).toBe('at-once');
  });
});

describe('asksForTunnel', () => {
  it('takes both headers', () => {
    expect(asksForTunnel(request({ upgrade: 'websocket' }))).toBe(false);
    expect(asksForTunnel(request({ connection: 'upgrade' }))).toBe(false);
    expect(asksForTunnel(request({ connection: 'upgrade', upgrade: 'h2c' }))).toBe(true);
  });
});

describe('paceOfResponse', () => {
  it('holds events and conversations little, tunnels not, others for their time', () => {
    expect(paceOfResponse(response({}), undefined, limits).holdMs).toBe(limits.responseHoldMsMax);
    expect(paceOfResponse(response({ 'content-type': 'Text/Event-Stream' }), undefined, limits).flow).toBe('with-body');
    expect(paceOfResponse(response({}, 101), undefined, limits).flow).toBe('at-once');
    expect(paceOfResponse(response({}), request({}, 'CONNECT'), limits).flow).toBe('at-once');
  });
});
