import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { RequestMessage, ResponseMessage } from '../../src/transaction/message.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

describe('the messages of an exchange', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRequestBodyAccess On
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/plain
      SecRule &REQUEST_HEADERS "@gt 9" "id:1,phase:1,pass"
      SecRule &RESPONSE_HEADERS "@gt 9" "id:2,phase:3,pass"`);
  });
  afterAll(() => closePlan(plan));

  function open() {
    const inspector = new Inspector({ plan, limits, onFact: () => {} });
    return { inspector, state: ruleStateOf(plan, inspector), limits, blocks: () => false };
  }

  it('make facts and fields of a request and its trailers, and set the length of its body', () => {
    const options = open();
    const message = new RequestMessage(options);
    const headers = [
      { name: 'content-type', value: 'application/json' },
      { name: 'content-length', value: '12' },
    ];
    const head = {
      method: 'POST',
      target: '/a?b=c',
      protocol: 'HTTP/1.1',
      headers,
      remoteAddress: '::1',
      remotePort: 1,
    };
    runAtOnce(message.takeHead(head));
    expect([message.headPhase, message.open(head)]).toStrictEqual([1, 12]);
    expect(options.state.exchange.facts.get('REQBODY_PROCESSOR')).toBe('JSON');
    runAtOnce(message.takeTrailers([{ name: 'x-after', value: 'z' }]));
    options.inspector.flush();
    expect(options.inspector.fields.count(fieldKind('REQUEST_HEADERS'))).toBe(3);
    options.inspector.close();
  });

  it.each([
    [{ 'content-type': 'text/plain' }, true],
    [{ 'content-type': 'image/png', 'content-encoding': 'gzip' }, true],
    [{ 'content-type': 'text/plain', 'content-encoding': 'gzip' }, false],
  ])('know that the body of a response %j becomes one value as it is: %s', (headers, isOneValue) => {
    const options = open();
    const message = new ResponseMessage(options);
    const list = Object.entries(headers).map(([name, value]) => ({ name, value }));
    const head = { status: 200, protocol: 'HTTP/1.1', headers: list };
    message.decide(head);
    message.open(head);
    expect(message.body.isOneValue).toBe(isOneValue);
    options.inspector.close();
  });

  it('count only an unread request body as uninspected', () => {
    const options = open();
    const { body } = new RequestMessage(options);
    expect(body.isOneValue).toBe(true);
    body.open();
    expect(body.isOneValue).toBe(false);
    options.inspector.close();
  });

  it('make facts and fields of a response, whose body is inspected by its type', () => {
    for (const [type, isSeenRaw] of [
      ['text/plain', true],
      ['image/png', false],
    ] as const) {
      const options = open();
      const message = new ResponseMessage(options);
      const head = { status: 200, protocol: 'HTTP/1.1', headers: [{ name: 'content-type', value: type }] };
      runAtOnce(message.takeHead(head));
      message.decide(head);
      expect([message.headPhase, message.open(head)]).toStrictEqual([3, undefined]);
      expect(message.body.isSeenRaw).toBe(isSeenRaw);
      expect(options.state.exchange.facts.get('RES_BODY_ERROR')).toBe('0');
      message.body.close();
      options.inspector.close();
    }
  });
});
