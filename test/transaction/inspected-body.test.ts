import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce, type Steps, turn } from '../../src/base/turn.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { InspectedBody } from '../../src/transaction/inspected-body.ts';
import { planOf } from '../support/exchange.ts';

describe('InspectedBody', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule REQUEST_BODY|RESPONSE_BODY "@rx odd" "id:1,phase:2,pass,log"');
  });
  afterAll(() => closePlan(plan));

  function open(direction: 'request' | 'response', isOneValue = false) {
    const inspector = new Inspector({ plan, limits, onFact: () => {} });
    const kind = direction === 'request' ? 'REQUEST_BODY' : 'RESPONSE_BODY';
    const calls: string[] = [];
    const body = {
      *write(bytes: Uint8Array): Steps<void> {
        for (let from = 0; from < bytes.length; from += 4) {
          calls.push('write');
          inspector.writeRaw(kind, bytes.subarray(from, from + 4));
          yield;
        }
      },
      *flush(): Steps<void> {
        calls.push('flush');
        yield;
      },
      *end(bytes: number): Steps<void> {
        calls.push(`end ${bytes}`);
        inspector.endRaw();
        yield;
      },
      close: () => calls.push('close'),
      heldBytes: 0,
      isSeenRaw: false,
      isOneValue,
    };
    const cuts = { firstLookBytes: 16, evaluationStrideBytes: 16, pieceBytes: 8 };
    const side = new InspectedBody({ direction, inspector, body, cuts });
    /** Passes bytes as a side does. */
    const write = (bytes: Uint8Array): void => {
      for (let from = 0; from < bytes.length; ) {
        const to = Math.min(from + side.flow.room, bytes.length);
        const border = side.add(to - from, runAtOnce(side.read(bytes.subarray(from, to))));
        from = to;
        if (border === undefined) continue;
        calls.push(border);
        side.passStride(true);
      }
    };
    return { side, calls, write };
  }

  it('knows its phase', () => {
    expect([open('request').side.bodyPhase, open('response').side.bodyPhase]).toStrictEqual([2, 4]);
  });

  it.each([
    [false, [8, 8, 4]],
    [true, [16, 4]],
  ])('takes strides instead of pieces of a body that becomes one value: %s', (isOneValue, pieces) => {
    const { side } = open('response', isOneValue);
    side.expect(undefined);
    const taken: number[] = [];
    for (let left = 20; left > 0; ) {
      const length = Math.min(side.flow.room, left);
      taken.push(length);
      side.add(length, true);
      left -= length;
    }
    expect(taken).toStrictEqual(pieces);
    side.close();
  });

  it.each([
    [false, ['write']],
    [true, []],
  ])('reads nothing of one value while a turn is over: %s', (isOneValue, expected) => {
    const { side, calls } = open('response', isOneValue);
    turn.spend(limits.turnWorkMax);
    const steps = side.read(Buffer.from('odd'));
    steps.next();
    expect(calls).toStrictEqual(expected);
    for (const _ of steps);
    expect(calls).toStrictEqual(['write']);
    side.close();
  });

  it('reports news once for all hits since the last call', () => {
    const { side, write } = open('request');
    write(Buffer.from('odd'));
    expect([side.takeNews(0), side.takeNews(0)], 'never asked, and not scanned yet').toStrictEqual([true, false]);
    runAtOnce(side.flush());
    expect([side.takeNews(0), side.takeNews(0)]).toStrictEqual([true, false]);
    expect([side.takeNews(1), side.takeNews(1)], 'rules that count').toStrictEqual([true, false]);
    expect([side.takeNews(undefined), side.takeNews(undefined)], 'unknown').toStrictEqual([true, true]);
    side.close();
  });

  it('evaluates at strides, ends with the length of its body, and closes', () => {
    const { side, calls, write } = open('response');
    write(Buffer.alloc(20));
    runAtOnce(side.end());
    side.close();
    expect(calls).toStrictEqual([...Array(4).fill('write'), 'stride', 'write', 'end 20', 'close']);
    expect(side.stage).toBe('ended');
  });

  it('holds the rest of a body that will be rejected', () => {
    const { side, write } = open('request');
    write(Buffer.alloc(5));
    side.noteRefusal();
    write(Buffer.alloc(7));
    side.markEvaluated(true);
    expect(side.flow.evaluatedBytes).toBe(5);
    side.markEvaluated(false);
    expect(side.flow.evaluatedBytes, 'nothing blocks it').toBe(12);
    side.endRefusal(7);
    expect(side.inspector.problems.all.length).toBe(0);
    side.endRefusal(6);
    expect(side.inspector.problems.all.map(({ cause }) => cause)).toStrictEqual(['parse']);
    side.close();
  });
});
