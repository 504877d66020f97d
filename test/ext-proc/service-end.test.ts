// The service against scripted streams that do not continue: refused, silent, ended in the middle.

import { afterAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import {
  attackPlan,
  chunkOf,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
} from '../support/ext-proc.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { expectToBe } from '../support/narrow.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

describe('an exchange that is not admitted', () => {
  const kindOf = (stream: ScriptedStream): string | undefined => stream.kinds.at(-1);

  it('gets 503 with Retry-After, at its head or before the first chunk of its body is inspected', async () => {
    const { open, records } = serviceOf(plan, { exchangesMax: 2, overloadRetryMs: 1_500 });
    const [early, late, refused] = [1, 2, 3].map(() => new ScriptedStream(open, 'streamed')) as [
      ScriptedStream,
      ScriptedStream,
      ScriptedStream,
    ];
    await refused.send(requestHeaders());
    const block = refused.replies[0]?.response;
    expectToBe(block?.$case, 'immediateResponse');
    expect(block.value.status?.code).toBe(503);
    const retry = block.value.headers?.setHeaders.find(({ header }) => header?.key === 'retry-after');
    expect(Buffer.from(retry?.header?.rawValue ?? []).toString()).toBe('2');
    refused.close(true);
    await late.send(requestHeaders());
    const another = new ScriptedStream(open, 'streamed');
    await late.send(chunkOf('request', 'hello'));
    expect(kindOf(late), 'its body would be work that others wait for').toBe('immediateResponse');
    another.close();
    await early.send(requestHeaders({}, true));
    expect(kindOf(early)).toBe('requestHeaders');
    for (const stream of [early, late]) stream.close();
    expect(records.map(({ report, problems }) => [report.cause, problems[0]?.cause])).toStrictEqual([
      ['overload', 'admission.overload'],
      ['', undefined],
      ['overload', 'admission.overload'],
    ]);
  });

  it('is not cut in the middle of its body', async () => {
    const { open } = serviceOf(plan, { exchangesMax: 1 });
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'hello '));
    const another = new ScriptedStream(open, 'streamed');
    await stream.send(chunkOf('request', 'world', true));
    expect(kindOf(stream)).toBe('requestBody');
    stream.close();
    another.close();
  });
});

describe('a stream on which nothing arrives', () => {
  it('is ended with an error when no message arrives at all', (context) => {
    const clock = new FakeClock(context);
    const { open, limits, records } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    clock.advance(limits.exchangeIdleMsMax - 1);
    expect(stream.failures).toStrictEqual([]);
    clock.advance(1_001);
    expect([stream.failures, stream.endCount]).toStrictEqual([['deadline'], 0]);
    stream.close();
    expect(records, 'there was no exchange').toStrictEqual([]);
  });

  it('is ended with an error when nothing arrives for long after a message, and is logged', async (context) => {
    const clock = new FakeClock(context);
    const { open, records } = serviceOf(plan, { exchangeSilenceMsMax: 100_000 });
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    clock.advance(99_000);
    await stream.send(chunkOf('request', 'still here'));
    clock.advance(99_000);
    expect(stream.failures, 'what comes counts, not what stands open').toStrictEqual([]);
    clock.advance(2_001);
    expect([stream.failures, stream.endCount]).toStrictEqual([['deadline'], 0]);
    stream.close();
    expect(records[0]?.ending).toBe('failed');
  });

  it('is left alone when it is closed in time', async (context) => {
    const clock = new FakeClock(context);
    const { open } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders({}, true));
    await stream.send(responseHeaders({}, true));
    await stream.halfClose();
    stream.close();
    clock.advance(120_000);
    expect([stream.failures, stream.endCount]).toStrictEqual([[], 1]);
  });
});

describe('a stream that ends without a message', () => {
  it('ends with an error, never with OK', async () => {
    const { open } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.halfClose();
    expect([stream.failures, stream.endCount]).toStrictEqual([['malformed'], 0]);
    stream.close();
  });
});
