// The service against scripted streams: every order of messages, every body mode, one reply for each message.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProcessingResponse } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import {
  attackPlan,
  chunkOf,
  encodeRequest,
  type MessageKind,
  type Mode,
  modes,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
  trailersOf,
} from '../support/ext-proc.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { expectToBe } from '../support/narrow.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

const messages = {
  requestHeaders: requestHeaders(),
  requestBody: chunkOf('request', 'hello '),
  requestTrailers: trailersOf('request', { 'x-sum': '1' }),
  responseHeaders: responseHeaders(),
  responseBody: chunkOf('response', 'world '),
  responseTrailers: trailersOf('response', { 'x-sum': '2' }),
} as const;

const kinds = Object.keys(messages) as MessageKind[];

/** Every sequence of up to `lengthMax` kinds of messages. */
function* sequences(lengthMax: number): Generator<readonly MessageKind[]> {
  let current: (readonly MessageKind[])[] = [[]];
  for (let length = 1; length <= lengthMax; length += 1) {
    current = current.flatMap((begin) => kinds.map((kind) => [...begin, kind]));
    yield* current;
  }
}

/** Whether HTTP allows a sequence: no second head, nothing before a head. */
function isLegal(sequence: readonly MessageKind[]): boolean {
  const seen = new Set<MessageKind>();
  for (const kind of sequence) {
    const isHead = kind === 'requestHeaders' || kind === 'responseHeaders';
    const head = kind.startsWith('request') ? 'requestHeaders' : 'responseHeaders';
    if (isHead ? seen.has(kind) : !seen.has(head)) return false;
    // A response without a request is a local reply: no request follows it.
    if (kind === 'requestHeaders' && seen.has('responseHeaders')) return false;
    seen.add(kind);
  }
  return true;
}

const count = (list: readonly string[], kind: string): number => list.filter((one) => one === kind).length;

/** Runs a sequence and then ends the stream as Envoy would. */
async function run(sequence: readonly MessageKind[], mode: Mode): Promise<ScriptedStream> {
  const stream = new ScriptedStream(serviceOf(plan).open, mode);
  for (const kind of sequence) await stream.send(messages[kind]);
  await stream.halfClose();
  stream.close();
  return stream;
}

describe('every order of up to four messages', () => {
  for (const mode of modes) {
    it(`gets one reply for each message, or the stream ends with an error (${mode})`, async () => {
      for (const sequence of sequences(4)) {
        const stream = await run(sequence, mode);
        const what = `${mode}: ${sequence.join(' ')} → ${stream.kinds.join(' ')}`;
        const isPartial = mode === 'buffered-partial' && stream.kinds.at(-1) === 'immediateResponse';
        if (isPartial) continue;
        if (!isLegal(sequence)) {
          expect([stream.failures, stream.endCount], what).toStrictEqual([['out-of-order'], 0]);
          continue;
        }
        expect([stream.failures, stream.endCount, stream.doneCount], what).toStrictEqual([[], 1, sequence.length]);
        for (const kind of kinds) expect(count(stream.kinds, kind), `${what}: ${kind}`).toBe(count(sequence, kind));
      }
    });
  }

  it('keeps the order of each direction', async () => {
    for (const sequence of sequences(4)) {
      if (!isLegal(sequence)) continue;
      const stream = await run(sequence, 'full-duplex');
      for (const direction of ['request', 'response']) {
        expect(stream.kinds.filter((kind) => kind.startsWith(direction))).toStrictEqual(
          sequence.filter((kind) => kind.startsWith(direction)),
        );
      }
    }
  });
});

describe('a block', () => {
  const attacks: Readonly<Record<string, readonly Parameters<ScriptedStream['send']>[0][]>> = {
    'in the target': [requestHeaders({ ':path': '/early-attack' })],
    'in a header of a request without body': [requestHeaders({ 'x-a': 'attack' }, true)],
    'in one chunk': [requestHeaders(), chunkOf('request', 'an attack', true)],
    'across two chunks': [requestHeaders(), chunkOf('request', 'an att'), chunkOf('request', 'ack', true)],
    'in trailers': [requestHeaders(), chunkOf('request', 'x'), trailersOf('request', { 'x-a': 'attack' })],
    'in a response header': [requestHeaders({}, true), responseHeaders({ 'x-a': 'leak' })],
    'in a response body': [requestHeaders({}, true), responseHeaders(), chunkOf('response', 'a leak', true)],
  };
  for (const [where, script] of Object.entries(attacks)) {
    for (const mode of ['buffered', 'streamed', 'streamed-wait', 'full-duplex', 'unstated'] as const) {
      it(`is one ImmediateResponse, and nothing after it (${where}, ${mode})`, async () => {
        const { open, records } = serviceOf(plan);
        const stream = new ScriptedStream(open, mode);
        for (const message of script) await stream.send(message);
        // Envoy may have sent more before it read our reply.
        await stream.send(chunkOf('response', 'more'));
        await stream.send(trailersOf('response'));
        await stream.halfClose();
        stream.close();
        expect(stream.kinds.at(-1), stream.kinds.join(' ')).toBe('immediateResponse');
        expect(count(stream.kinds, 'immediateResponse')).toBe(1);
        const last = stream.replies.at(-1)?.response;
        expectToBe(last?.$case, 'immediateResponse');
        expect(last.value.status?.code).toBe(403);
        expect(last.value.details).toMatch(/^weir_block\{rule_id=[1-4],phase=[1-4]\}$/);
        expect(stream.endCount).toBe(1);
        expect(records.length).toBe(1);
        expect(records[0]?.report.verdict).toBe('block');
      });
    }
  }

  it('redirects a client, and lets nothing that it sent begin a header', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders({ 'x-visitor': 'unknown', 'x-from': '/a b\r\nset-cookie: x' }));
    const last = stream.replies.at(-1)?.response;
    expectToBe(last?.$case, 'immediateResponse');
    const headers = last.value.headers?.setHeaders.map(({ header }) => header) ?? [];
    const location = headers.find((header) => header?.key === 'location');
    expect(Buffer.from(location?.rawValue ?? []).toString()).toBe(
      'https://login.example/?to=/a%20b%0D%0Aset-cookie:%20x',
    );
    expect(last.value.status?.code).toBe(302);
  });

  it('tells the client no more than the id of the exchange', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders({ ':path': '/early-attack', 'x-request-id': 'f3b1c9d2-0001' }));
    const last = stream.replies.at(-1)?.response;
    expectToBe(last?.$case, 'immediateResponse');
    const page = Buffer.from(last.value.body).toString();
    expect(page).toMatch(/f3b1c9d2-0001/);
    expect(page).not.toMatch(/attack|rule|phase|weir/i);
  });
});

describe('what is withheld', () => {
  it('is the head and all chunks of a streamed body, until its end', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'a'.repeat(100_000)));
    await stream.send(chunkOf('request', 'b'.repeat(100_000)));
    expect(stream.kinds).toStrictEqual([]);
    await stream.send(chunkOf('request', '', true));
    expect(stream.kinds).toStrictEqual(['requestHeaders', 'requestBody', 'requestBody', 'requestBody']);
  });

  it('is no more than the window', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders());
    for (let sent = 0; sent < 32; sent += 1) await stream.send(chunkOf('request', 'c'.repeat(16_384)));
    // 32 × 16 KiB arrived, 256 KiB are held, 16 chunks were released.
    expect(count(stream.kinds, 'requestHeaders')).toBe(1);
    expect(count(stream.kinds, 'requestBody')).toBe(16);
  });

  it('is only the chunks if the proxy waits for the head', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed-wait');
    await stream.send(requestHeaders());
    expect(stream.kinds).toStrictEqual(['requestHeaders']);
    await stream.send(chunkOf('request', 'x'.repeat(1000)));
    expect(stream.kinds).toStrictEqual(['requestHeaders']);
  });

  it('is released after the hold time, inspected, and the rest of the body flows', async (context) => {
    const clock = new FakeClock(context);
    const { open } = serviceOf(plan, { holdMsMax: 80, quietMsMax: 20 });
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'slow'));
    clock.advance(79);
    expect(stream.kinds, 'held for its time').toStrictEqual([]);
    clock.advance(21);
    expect(stream.kinds).toStrictEqual(['requestHeaders', 'requestBody']);
    await stream.send(chunkOf('request', 'slower'));
    expect(stream.kinds).toStrictEqual(['requestHeaders', 'requestBody', 'requestBody']);
    await stream.send(chunkOf('request', ' an attack'));
    expect(stream.kinds.at(-1)).toBe('immediateResponse');
    stream.close();
  });

  it('is evaluated when the sender falls silent, so that a slow attack is blocked early', async (context) => {
    const clock = new FakeClock(context);
    const stream = new ScriptedStream(serviceOf(plan, { quietMsMax: 20 }).open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'an attack, and then nothing'));
    clock.advance(19);
    expect(stream.kinds, 'more of it may come').toStrictEqual([]);
    clock.advance(21);
    expect(stream.kinds).toStrictEqual(['immediateResponse']);
    stream.close();
  });
});

describe('the stream', () => {
  it('does not reply to a message of an unknown kind', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(undefined);
    await stream.send(requestHeaders({}, true));
    expect(stream.kinds).toStrictEqual(['requestHeaders']);
  });

  it('fails on bytes that are not a message', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.sendBytes(Buffer.from([0x12, 0xff, 0xff]));
    await stream.halfClose();
    expect([stream.failures, stream.endCount]).toStrictEqual([['malformed'], 0]);
  });

  it('fails on an unknown body mode', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    // protocol_config (11) with request_body_mode 5.
    await stream.sendBytes(Buffer.concat([encodeRequest(requestHeaders()), Buffer.from([0x5a, 0x02, 0x08, 0x05])]));
    expect(stream.failures).toStrictEqual(['malformed']);
  });

  it('sends no replies in observability mode, and continues to inspect: what would be blocked is detected', async () => {
    const { open, records } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.sendBytes(encodeRequest(requestHeaders({ 'x-a': 'attack' }), 'streamed', true));
    for (const message of [
      chunkOf('request', 'an attack', true),
      responseHeaders({ 'x-b': 'leak' }),
      chunkOf('response', 'a leak', true),
    ]) {
      await stream.sendBytes(encodeRequest(message, undefined, true));
    }
    await stream.halfClose();
    stream.close();
    expect([stream.kinds, stream.endCount]).toStrictEqual([[], 1]);
    const [record] = records;
    expect([record?.report.verdict, record?.ending, record?.blockStatus]).toStrictEqual(['detect', 'complete', 0]);
    expect(record?.report.ruleIds).toStrictEqual([2, 3, 4]);
    expect([record?.requestBytes, record?.responseBytes]).toStrictEqual([9, 6]);
  });

  it('ends at once on half-close, with a verdict on a body that never ended', async () => {
    const { open, records } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'an attack without end'));
    await stream.halfClose();
    stream.close();
    expect(stream.kinds).toStrictEqual(['immediateResponse']);
    expect(records[0]?.report.ruleId).toBe(2);
  });

  it('lets a body after the end pass, with replies and counted', async () => {
    const { open, records } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'x', true));
    await stream.send(chunkOf('request', 'x', true));
    await stream.halfClose();
    stream.close();
    expect(count(stream.kinds, 'requestBody')).toBe(2);
    expect(records[0]?.uninspected.get('request-after-end')).toBe(1);
  });

  it('inspects what a client still sends after the service began to respond', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', 'first, '));
    await stream.send(responseHeaders());
    expect(stream.kinds, 'a service that answers waits for nothing').toStrictEqual(['requestHeaders', 'requestBody']);
    await stream.send(chunkOf('request', 'then an attack'));
    expect(stream.kinds.at(-1)).toBe('immediateResponse');
  });

  it('inspects a message that arrives during due work of several turns after that work', async (context) => {
    const clock = new FakeClock(context);
    const { open, records } = serviceOf(plan, { quietMsMax: 20, turnWorkMax: 1 });
    const stream = new ScriptedStream(open, 'streamed');
    const letters = Array.from({ length: 40 }, (_, n) => createHash('sha512').update(`${n}`).digest('hex')).join('');
    const body = gzipSync(`a=${letters}`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' };
    await stream.send(requestHeaders(headers));
    await stream.send(chunkOf('request', body.subarray(0, 2_000)));
    clock.advance(40);
    await stream.send(chunkOf('request', body.subarray(2_000), true));
    stream.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.kinds).toStrictEqual(['requestHeaders', 'requestBody', 'requestBody']);
    expect(records[0]?.problems).toStrictEqual([]);
  });

  it('is cancelled in the middle of a large chunk without harm', async () => {
    const { open, records } = serviceOf(plan);
    const stream = new ScriptedStream(open, 'streamed');
    await stream.send(requestHeaders());
    const pending = stream.send(chunkOf('request', Buffer.alloc(2_000_000, 'x')));
    stream.close(true);
    expect(records.length, 'nothing is freed while a scan uses it').toBe(0);
    await pending;
    await new Promise((resolve) => setImmediate(resolve));
    expect(records.length).toBe(1);
    expect(records[0]?.ending).toBe('cancelled');
    expect(stream.kinds).toStrictEqual([]);
  });
});

describe('full duplex', () => {
  it('returns every byte, in chunks of at most 62,000, with the end on the last one', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'full-duplex');
    const body = Buffer.from(Array.from({ length: 150_000 }, (_, index) => 32 + (index % 90)));
    await stream.send(requestHeaders());
    await stream.send(chunkOf('request', body.subarray(0, 100_000)));
    await stream.send(chunkOf('request', body.subarray(100_000), true));
    const parts = stream.replies.flatMap(({ response }) => {
      if (response?.$case !== 'requestBody') return [];
      const mutation = response.value.response?.bodyMutation?.mutation;
      expectToBe(mutation?.$case, 'streamedResponse', 'only streamed_response is legal');
      return [mutation.value];
    });
    expect(parts.every((part) => part.body.length <= 62_000)).toBe(true);
    expect(Buffer.concat(parts.map((part) => part.body))).toStrictEqual(body);
    expect(parts.map((part) => part.endOfStream)).toStrictEqual([false, false, true]);
  });
});

const metadataOf = (reply: ProcessingResponse | undefined) =>
  (reply?.dynamicMetadata ?? {}) as { readonly weir: Readonly<Record<string, unknown>> };

describe('metadata', () => {
  it('comes with the last reply of each direction', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders({ 'x-request-id': 'abcdefgh-1' }));
    await stream.send(chunkOf('request', 'x', true));
    const [head, body] = stream.replies;
    expect(head?.dynamicMetadata).toBe(undefined);
    const { weir } = metadataOf(body);
    expect(weir).toStrictEqual({
      request_id: 'abcdefgh-1',
      verdict: 'allow',
      score: 0,
      response_score: 0,
      rule_ids: [],
    });
  });

  it('names the verdict, the rule and the phase of a block', async () => {
    const stream = new ScriptedStream(serviceOf(plan).open, 'streamed');
    await stream.send(requestHeaders({ 'x-a': 'attack' }, true));
    const { weir } = metadataOf(stream.replies[0]);
    expect(weir.verdict).toBe('block');
    expect([weir.rule_id, weir.phase, weir.rule_ids]).toStrictEqual([2, 2, [2]]);
  });
});
