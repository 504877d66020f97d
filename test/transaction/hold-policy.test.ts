import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { asksForTunnel, requestHoldPolicy, responseHoldPolicy } from '../../src/transaction/hold-policy.ts';

const request = (headers: Readonly<Record<string, string>>, method = 'POST') => ({
  method,
  target: '/',
  protocol: 'HTTP/1.1',
  headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  remoteAddress: '',
  remotePort: 0,
});
const response = (headers: Readonly<Record<string, string>>, status = 200) => ({ ...request(headers), status });

describe('requestHoldPolicy', () => {
  it('holds an ordinary body for its time', () => {
    expect(requestHoldPolicy(request({ 'content-type': 'text/plain' }), limits)).toStrictEqual({
      holdMs: limits.holdMsMax,
      flow: 'after-hold',
    });
  });

  it('holds briefly if the exchange is interactive or trailers are announced', () => {
    for (const headers of [{ 'content-type': 'application/grpc+proto' }, { trailer: 'x-sum' }]) {
      const holdPolicy = requestHoldPolicy(request(headers), limits);
      expect(holdPolicy).toStrictEqual({ holdMs: limits.interactiveHoldMsMax, flow: 'with-body' });
    }
  });

  it('holds nothing of a tunnel', () => {
    expect(requestHoldPolicy(request({}, 'CONNECT'), limits).flow).toBe('at-once');
    const upgrade = { connection: 'keep-alive, Upgrade', upgrade: 'websocket' };
    expect(requestHoldPolicy(request(upgrade), limits).flow).toBe('at-once');
  });
});

describe('asksForTunnel', () => {
  it('requires both headers', () => {
    expect(asksForTunnel(request({ upgrade: 'websocket' }))).toBe(false);
    expect(asksForTunnel(request({ connection: 'upgrade' }))).toBe(false);
    expect(asksForTunnel(request({ connection: 'upgrade', upgrade: 'h2c' }))).toBe(true);
  });
});

describe('responseHoldPolicy', () => {
  it('holds events and conversations briefly, tunnels not at all, others for their time', () => {
    expect(responseHoldPolicy(response({}), undefined, limits).holdMs).toBe(limits.responseHoldMsMax);
    expect(responseHoldPolicy(response({ 'content-type': 'Text/Event-Stream' }), undefined, limits).flow).toBe(
      'with-body',
    );
    expect(responseHoldPolicy(response({}, 101), undefined, limits).flow).toBe('at-once');
    expect(responseHoldPolicy(response({}), request({}, 'CONNECT'), limits).flow).toBe('at-once');
  });
});
