import { describe, expect, it } from 'vitest';
import { nothingInspected, Recorder } from '../../src/transaction/recorder.ts';
import { reportOf } from '../../src/transaction/report.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { responseHeadOf } from '../support/record.ts';

describe('Recorder', () => {
  it('counts what a client sends after an upgrade: its frames are masked', () => {
    const recorder = new Recorder();
    const summary = { ...nothingInspected, requestBytes: 9 };
    const report = reportOf('id', { kind: 'allow' }, summary);
    const response = responseHeadOf(101);
    const record = recorder.record({ report, ending: 'complete', request: undefined, response, summary });
    expect([...record.uninspected]).toStrictEqual([['upgraded', 9]]);
  });

  it('adds its own notes to those of the inspection', () => {
    const recorder = new Recorder();
    recorder.uninspected('late', 5);
    recorder.uninspected('late', 6);
    recorder.problem('internal', 'broken');
    const summary = { ...nothingInspected, uninspected: new Map([['late', 1]]), requestBytes: 9 };
    const record = recorder.record({
      report: reportOf('id', { kind: 'allow' }, summary),
      ending: 'complete',
      request: undefined,
      response: responseHeadOf(200),
      summary,
    });
    expect([...record.uninspected]).toStrictEqual([['late', 12]]);
    expect(record.problems).toStrictEqual([{ cause: 'internal', message: 'broken' }]);
    expect([record.requestBytes, record.response?.status, record.ending]).toStrictEqual([9, 200, 'complete']);
    expect(record.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('keeps what the proxy reported with any message, and client and service', () => {
    const recorder = new Recorder();
    const head = {
      method: 'GET',
      target: '/',
      protocol: 'HTTP/2',
      headers: [],
      remoteAddress: '192.0.2.1',
      remotePort: 7,
    };
    recorder.end(
      recorder.begin({
        kind: 'request-head',
        head,
        endOfStream: true,
        attributes: { 'xds.route_name': 'shop', 'connection.mtls': true },
      }),
    );
    const attributes = { 'upstream.address': '192.0.2.9:80', 'response.code': 200 };
    recorder.end(
      recorder.begin({
        kind: 'response-head',
        head: responseHeadOf(200),
        endOfStream: true,
        attributes,
      }),
    );
    const report = reportOf('id', { kind: 'allow' }, nothingInspected);
    const record = recorder.record({
      report,
      ending: 'complete',
      request: head,
      profile: 'api',
      generation: 3,
      summary: nothingInspected,
    });
    expect(record.attributes).toStrictEqual({ 'xds.route_name': 'shop', 'connection.mtls': true, ...attributes });
    expect([record.parties.route, record.parties.upstream]).toStrictEqual(['shop', '192.0.2.9:80']);
    expect(record.parties.peer.isVerified, 'mtls alone verifies nobody').toBe(false);
    expect([record.profile, record.generation]).toStrictEqual(['api', 3]);
  });

  it('divides the time among the messages', (context) => {
    const clock = new FakeClock(context);
    const recorder = new Recorder();
    const stages = [
      [{ kind: 'chunk', direction: 'request', chunk: Buffer.alloc(1), endOfStream: false }, 5],
      [{ kind: 'chunk', direction: 'request', chunk: Buffer.alloc(1), endOfStream: true }, 7],
      [{ kind: 'trailers', direction: 'response', trailers: [] }, 11],
      [{ kind: 'half-close' }, 1],
    ] as const;
    for (const [event, ms] of stages) {
      const stage = recorder.begin(event);
      clock.advance(ms);
      recorder.end(stage);
      clock.advance(100);
    }
    const report = reportOf('id', { kind: 'allow' }, nothingInspected);
    const { stageMs } = recorder.record({ report, ending: 'complete', request: undefined, summary: nothingInspected });
    expect(stageMs).toStrictEqual({ 'request-head': 0, 'request-body': 12, 'response-head': 0, 'response-body': 12 });
  });
});
