import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    assert.deepEqual(paceOfRequest(request({ 'content-type': 'text/plain' }), limits), {
      holdMs: limits.holdMsMax,
      flow: 'after-hold',
    });
  });

  it('holds little where the ends converse or trailers are announced', () => {
    for (const headers of [{ 'content-type': 'application/grpc+proto' }, { trailer: 'x-sum' }]) {
      const pace = paceOfRequest(request(headers), limits);
      assert.deepEqual(pace, { holdMs: limits.interactiveHoldMsMax, flow: 'with-body' });
    }
  });

  it('holds nothing of a tunnel', () => {
    assert.equal(paceOfRequest(request({}, 'CONNECT'), limits).flow, 'at-once');
    const upgrade = { connection: 'keep-alive, Upgrade', upgrade: 'websocket' };
    assert.equal(paceOfRequest(request(upgrade), limits).flow, 'at-once');
  });
});

describe('asksForTunnel', () => {
  it('takes both headers', () => {
    assert.equal(asksForTunnel(request({ upgrade: 'websocket' })), false);
    assert.equal(asksForTunnel(request({ connection: 'upgrade' })), false);
    assert.equal(asksForTunnel(request({ connection: 'upgrade', upgrade: 'h2c' })), true);
  });
});

describe('paceOfResponse', () => {
  it('holds events and conversations little, tunnels not, others for their time', () => {
    assert.equal(paceOfResponse(response({}), undefined, limits).holdMs, limits.responseHoldMsMax);
    assert.equal(
      paceOfResponse(response({ 'content-type': 'Text/Event-Stream' }), undefined, limits).flow,
      'with-body',
    );
    assert.equal(paceOfResponse(response({}, 101), undefined, limits).flow, 'at-once');
    assert.equal(paceOfResponse(response({}), request({}, 'CONNECT'), limits).flow, 'at-once');
  });
});
