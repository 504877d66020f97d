import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import type { ExchangeEvent } from '../../src/transaction/event.ts';
import { Exchange } from '../../src/transaction/exchange.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { Recorder } from '../../src/transaction/recorder.ts';
import { noWait, plan } from '../support/transaction.ts';

const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', headers: [], remoteAddress: '::1', remotePort: 1 };
const requestHead = { kind: 'request-head', head, endOfStream: false } as const;

function open(): Exchange {
  const options = {
    limits,
    deliveries: { request: noWait, response: noWait },
    openInspection: (requestId: string) => new Inspection(plan, { requestId, limits }),
    decideFailure: () => ({ kind: 'allow' }) as const,
  };
  return new Exchange(options, new Recorder());
}

const take = (exchange: Exchange, event: ExchangeEvent) => runAtOnce(exchange.take(event));

describe('Exchange', () => {
  it('releases held messages at the end of the message', () => {
    const exchange = open();
    expect(take(exchange, requestHead)).toMatchObject({ requestCount: 0 });
    const chunk = { kind: 'chunk', direction: 'request', chunk: Buffer.from('x') } as const;
    const step = take(exchange, { ...chunk, endOfStream: true });
    expect(step).toMatchObject({ kind: 'release', requestCount: 2, responseCount: 0 });
    expect(exchange.side('request').phase).toBe('ended');
    exchange.answers.inspection?.close();
  });

  it('throws for events out of order', () => {
    const exchange = open();
    take(exchange, requestHead);
    expect(() => take(exchange, requestHead)).toThrow('request head came while the request is in-body');
    exchange.answers.inspection?.close();
  });

  it('names the directions of an event: both before anything is inspected', () => {
    const exchange = open();
    const about = (event: ExchangeEvent) => exchange.sidesOf(event).map(({ direction }) => direction);
    expect(about(requestHead)).toStrictEqual(['request', 'response']);
    take(exchange, requestHead);
    expect(about(requestHead)).toStrictEqual(['request']);
    expect(about({ kind: 'deadline', direction: 'response' })).toStrictEqual(['response']);
    expect(about({ kind: 'half-close' })).toStrictEqual(['request', 'response']);
    exchange.answers.inspection?.close();
  });
});
