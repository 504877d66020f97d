// What a service records for crash reports, and what it refuses: real exchanges over a real service.

import { afterAll, describe, expect, it } from 'vitest';
import { CrashGuard, textsOf } from '../../src/ext-proc/crash-guard.ts';
import { inputOf } from '../../src/ext-proc/message-input.ts';
import { type FoundWork, readWorkSlot, WorkSlot, workSlotBytes } from '../../src/ext-proc/work-slot.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import {
  attackPlan,
  chunkOf,
  encodeRequest,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
} from '../support/ext-proc.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

/** A slot that remembers everything that was ever inspected. */
class NotedSlot extends WorkSlot {
  readonly noted: FoundWork[] = [];
  readonly #memory: ArrayBuffer;

  constructor(memory = new ArrayBuffer(workSlotBytes)) {
    super(memory);
    this.#memory = memory;
  }

  get now(): FoundWork | undefined {
    return readWorkSlot(new Uint8Array(this.#memory.slice(0))).work;
  }

  override enter(work: Parameters<WorkSlot['enter']>[0]): void {
    super.enter(work);
    if (this.now !== undefined) this.noted.push(this.now);
  }
}

const id = '0123-4567-89ab';
const messages = [
  requestHeaders({ 'x-request-id': id, ':path': '/a?b=c' }),
  chunkOf('request', 'hello'),
  responseHeaders(),
  chunkOf('response', 'world', true),
];

async function exchange(guard: CrashGuard) {
  const { open, records } = serviceOf(plan, {}, () => ({ guard }));
  const stream = new ScriptedStream(open, 'streamed');
  for (const message of messages) await stream.send(message);
  stream.close();
  return { stream, records };
}

describe('CrashGuard', () => {
  it('records each part while it is inspected, and nothing in between', async () => {
    const slot = new NotedSlot();
    await exchange(new CrashGuard(slot));
    expect(slot.noted.map((work) => work.part)).toStrictEqual([
      'request-head',
      'request-body',
      'response-head',
      'response-body',
      'close',
    ]);
    const [head, body] = slot.noted;
    expect(textsOf(head?.text ?? '')).toMatchObject({ profile: 'default', requestId: id, target: '/a?b=c' });
    expect(body?.text).toBe(head?.text);
    expect(Buffer.from(body?.message ?? []).toString()).toMatch(/hello/);
    expect(slot.noted.at(-1)?.message).toBe(undefined);
    expect(slot.now).toBe(undefined);
  });

  it.each(messages.map((message, index) => [index, message] as const))(
    'has the policy answer message %i when its input is in quarantine',
    async (index, message) => {
      const guard = new CrashGuard(undefined);
      const input = inputOf(encodeRequest(message, index === 0 ? 'streamed' : 'unstated'));
      guard.keepOut({ inputs: [input], profiles: [] });
      const { stream, records } = await exchange(guard);
      expect(stream.kinds.at(-1)).toBe('immediateResponse');
      expect(records[0]).toMatchObject({ report: { verdict: 'block', cause: 'quarantine' } });
      guard.keepOut({ inputs: [], profiles: [] });
      expect((await exchange(guard)).stream.kinds).not.toContain('immediateResponse');
    },
  );

  it('lets the policy handle everything of a profile in quarantine', async () => {
    const guard = new CrashGuard(undefined);
    guard.keepOut({ inputs: [], profiles: ['default'] });
    expect((await exchange(guard)).stream.kinds).toStrictEqual(['immediateResponse']);
    guard.keepOut({ inputs: [], profiles: ['other'] });
    expect((await exchange(guard)).stream.kinds).not.toContain('immediateResponse');
  });
});
