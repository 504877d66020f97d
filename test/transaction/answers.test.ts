import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import { Answers, nothing } from '../../src/transaction/answers.ts';
import { HeldSide } from '../../src/transaction/held-side.ts';
import { Recorder } from '../../src/transaction/recorder.ts';
import { noWait } from '../support/transaction.ts';

const allow: Verdict = { kind: 'allow' };
const block = { kind: 'block', ruleId: 7, status: 403, phase: 2 } as const;

/** Both directions with their heads, before anything is inspected. */
function open() {
  const [request, response] = (['request', 'response'] as const).map((direction) => {
    const side = new HeldSide(direction, noWait, limits);
    side.begin([], { holdMs: 1, flow: 'after-hold' });
    return side;
  }) as [HeldSide, HeldSide];
  const answers = new Answers(response, new Recorder(), allow);
  answers.requestId = 'r';
  return { request, response, answers };
}

describe('Answers', () => {
  it('releases what may go, with a report when something new is known', () => {
    const { request, answers } = open();
    expect(runAtOnce(answers.release(request, allow))).toBe(nothing);
    request.end();
    const step = runAtOnce(answers.release(request, { kind: 'detect', ruleId: 7, status: 403, phase: 2 }));
    expect(step).toMatchObject({ kind: 'release', requestCount: 1, responseCount: 0, report: { verdict: 'detect' } });
    expect(answers.verdict.kind).toBe('detect');
  });

  it('joins two steps, and needs no second one after a block', () => {
    const { request, response, answers } = open();
    request.end();
    response.end();
    const joined = answers.join(answers.release(request, allow), () => answers.release(response, allow));
    expect(runAtOnce(joined)).toMatchObject({ requestCount: 1, responseCount: 1 });
    const stopped = answers.join(answers.release(request, block), () => {
      throw new Error('asked');
    });
    expect(runAtOnce(stopped)).toMatchObject({ kind: 'block', status: 403 });
  });

  it('cuts an exchange whose response has begun, otherwise responds in place of the service', () => {
    const early = open();
    expect(early.answers.block(block)).toMatchObject({ isCommitted: false, report: { requestId: 'r', ruleId: 7 } });
    expect([early.answers.isOver, early.answers.ending]).toStrictEqual([true, 'blocked']);
    const late = open();
    late.response.end();
    late.response.queue.release(0);
    expect(late.answers.block(block)).toMatchObject({ isCommitted: true });
    expect(late.answers.ending).toBe('cut');
  });

  for (const first of ['abandoned', 'blocked', 'cut', 'failed'] as const) {
    it(`stays ${first}, however it would end later`, () => {
      const { answers } = open();
      expect([answers.isOver, answers.ending]).toStrictEqual([false, undefined]);
      answers.end(first);
      for (const later of ['abandoned', 'blocked', 'cut', 'failed'] as const) answers.end(later);
      answers.block(block);
      expect([answers.isOver, answers.ending]).toStrictEqual([true, first === 'abandoned' ? undefined : first]);
    });
  }

  it('reports a direction with its last message, and again only what is new', () => {
    const { request, answers } = open();
    request.end();
    const detect: Verdict = { kind: 'detect', ruleId: 7, status: 403, phase: 2 };
    const reports = [allow, allow, detect, detect].map((verdict) => {
      const step = runAtOnce(answers.release(request, verdict));
      request.push(0);
      return step.kind === 'release' ? step.report?.verdict : step.kind;
    });
    expect(reports).toStrictEqual(['allow', undefined, 'detect', undefined]);
  });
});
