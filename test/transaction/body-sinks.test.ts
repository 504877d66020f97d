import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorCode, WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { ExchangeFacts } from '../../src/evaluate/exchange-facts.ts';
import { bodyFacts } from '../../src/http/field.ts';
import { uninspectedOf } from '../../src/inspect/problems.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { RequestSink, ResponseSink } from '../../src/transaction/body-sinks.ts';
import { planOf } from '../support/exchange.ts';
import { hitsOf, inspectorOf } from '../support/inspector.ts';

describe('what is read of a body', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule REQUEST_BODY "@rx whole" "id:1,phase:2,pass"
      SecRule ARGS "@rx evil" "id:2,phase:2,pass"
      SecRule RESPONSE_BODY "@rx leak" "id:3,phase:4,pass"`);
  });
  afterAll(() => closePlan(plan));

  /** Facts that are set, or not, by what follows. */
  const asked = [
    ...['REQBODY_ERROR', 'REQBODY_ERROR_MSG', 'REQBODY_PROCESSOR_ERROR', 'REQBODY_PROCESSOR_ERROR_MSG'],
    ...['RES_BODY_ERROR', 'RES_BODY_ERROR_MSG', 'RES_BODY_PROCESSOR_ERROR', 'RES_BODY_PROCESSOR_ERROR_MSG'],
    ...bodyFacts.filter((name) => !name.startsWith('REQBODY_ERROR')),
    ...bodyFacts.map((name) => `RES_${name}`),
  ];

  function open() {
    const inspector = inspectorOf(plan);
    const exchange = new ExchangeFacts({ plan, limits, requestId: 'r' });
    const found = () => {
      inspector.flush();
      const { problems } = inspector;
      return {
        hits: hitsOf(plan, inspector),
        problems: problems.all.map(({ cause }) => cause),
        uninspected: [...uninspectedOf([problems])],
        facts: asked.flatMap((name) => {
          const value = exchange.facts.get(name) ?? '';
          return value === '' || value === '0' ? [] : [[name, value]];
        }),
        hasRequestBody: exchange.hasRequestBody,
      };
    };
    return { inspector, exchange, found };
  }

  const nothing = { hits: [], problems: [], uninspected: [], facts: [], hasRequestBody: false };

  it('is raw bytes and fields of a request', () => {
    const { inspector, exchange, found } = open();
    const sink = new RequestSink(inspector, exchange);
    expect(sink.hasBytes).toBe(false);
    sink.writeRaw(Buffer.from('whole'));
    sink.endRaw();
    for (const fields of [sink.fields, sink.openReading()]) {
      fields.begin('ARGS_POST', 'a');
      fields.write(Buffer.from('evil'));
      fields.end();
    }
    expect(sink.hasBytes).toBe(true);
    const hits = ['1 REQUEST_BODY:', '2 ARGS_POST:a', '2 ARGS_POST:a'];
    expect(found()).toStrictEqual({ ...nothing, hits });
  });

  it('has no raw bytes of a request if no rule reads them, also when it fails', () => {
    const { inspector, exchange, found } = open();
    const sink = new RequestSink(inspector, exchange);
    sink.leaveRaw();
    sink.writeRaw(Buffer.from('whole'));
    sink.endRaw();
    sink.fail(new WafError('body.malformed', 'no'));
    const { hits, problems, hasRequestBody } = found();
    expect([sink.hasBytes, hits, problems, hasRequestBody]).toStrictEqual([true, [], ['parse'], false]);
  });

  it('is raw bytes of a response, and facts with their own names', () => {
    const { inspector, exchange, found } = open();
    const sink = new ResponseSink(inspector, exchange, false);
    sink.writeRaw(Buffer.from('leak'));
    sink.endRaw();
    sink.fields.begin('ARGS_POST', 'a');
    sink.fields.write(Buffer.from('evil'));
    sink.fields.end();
    sink.fields.fact('BODY_TYPE_MISMATCH', 'a/b');
    sink.fields.fact('REQBODY_ERROR', '1');
    expect(sink.hasBytes).toBe(true);
    const facts = [['RES_BODY_TYPE_MISMATCH', 'a/b']];
    expect(found()).toStrictEqual({ ...nothing, hits: ['3 RESPONSE_BODY:'], facts });
  });

  const requestErrors = (message: string) => [
    ['REQBODY_ERROR', '1'],
    ['REQBODY_ERROR_MSG', message],
    ['REQBODY_PROCESSOR_ERROR', '1'],
    ['REQBODY_PROCESSOR_ERROR_MSG', message],
  ];
  const responseErrors = (message: string) => [
    ['RES_BODY_ERROR', '1'],
    ['RES_BODY_ERROR_MSG', message],
    ['RES_BODY_PROCESSOR_ERROR', '1'],
    ['RES_BODY_PROCESSOR_ERROR_MSG', message],
  ];

  const failures: readonly (readonly [ErrorCode, request: object, response: object])[] = [
    [
      'body.malformed',
      { problems: ['parse'], facts: requestErrors('x'), hasRequestBody: true },
      { problems: ['response-body'], facts: responseErrors('x') },
    ],
    ['body.charset', { problems: ['charset'] }, { problems: ['response-body'], facts: responseErrors('x') }],
    [
      'body.overload',
      { problems: ['overload'], facts: requestErrors('x'), hasRequestBody: true },
      { problems: ['overload', 'response-body'], facts: responseErrors('x') },
    ],
  ];
  for (const [code, request, response] of failures) {
    it(`reports ${code} to rules`, () => {
      const [first, second] = [open(), open()];
      new RequestSink(first.inspector, first.exchange).fail(new WafError(code, 'x'));
      new ResponseSink(second.inspector, second.exchange, false).fail(new WafError(code, 'x'));
      expect(first.found()).toStrictEqual({ ...nothing, ...request });
      expect(second.found()).toStrictEqual({ ...nothing, ...response });
    });
  }

  it('counts undecoded bytes by reason', () => {
    const { inspector, exchange, found } = open();
    const sink = new RequestSink(inspector, exchange);
    sink.leaveUndecoded('coding', 3);
    sink.leaveUndecoded('format', 4);
    sink.leaveUndecoded('format', 5);
    expect(found().uninspected).toStrictEqual([
      ['request-coding', 3],
      ['request-format', 9],
    ]);
  });

  it('is not decoded for a part of an encoded response, which is known before it arrives', () => {
    const { inspector, exchange, found } = open();
    const sink = new ResponseSink(inspector, exchange, true);
    sink.writeRaw(Buffer.from('leak'));
    sink.endRaw();
    const message = 'a part of an encoded body (206) cannot be decoded';
    expect(found()).toStrictEqual({
      ...nothing,
      hits: ['3 RESPONSE_BODY:'],
      problems: ['response-body'],
      uninspected: [['response-coding', 4]],
      facts: responseErrors(message),
    });
  });

  it('uses its direction’s memory, and stops decoding when its work is spent', () => {
    const { inspector, exchange } = open();
    const sink = new RequestSink(inspector, exchange);
    expect(sink.take(4096)).toBe(true);
    expect(inspector.memory.bytes).toBeGreaterThanOrEqual(4096);
    expect(sink.isSpent).toBe(false);
    inspector.work.spend(limits.scanWorkMax * 2);
    expect(sink.isSpent).toBe(true);
    inspector.close();
    inspector.memory.close();
  });
});
