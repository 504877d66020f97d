import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { CheckedInspection } from '../../src/transaction/checked-inspection.ts';
import { planOf } from '../support/exchange.ts';

describe('CheckedInspection', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule REQUEST_BODY|RESPONSE_BODY "@rx evil" "id:1,phase:2,deny"');
  });
  afterAll(() => closePlan(plan));

  const open = () => new CheckedInspection(plan, { requestId: 'test', limits });
  const text = { name: 'content-type', value: 'text/plain' };
  const head = {
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers: [text],
    remoteAddress: '192.0.2.1',
    remotePort: 1,
  };
  const answer = { status: 200, protocol: 'HTTP/1.1', headers: [text] };
  const evil = Buffer.from('evil');

  /** Values that an untyped caller may pass. */
  const wrong = (value: unknown): never => value as never;

  function detached(): Uint8Array {
    const bytes = new Uint8Array(4);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  }

  const misuses: Readonly<Record<string, readonly [(one: CheckedInspection) => unknown, RegExp]>> = {
    'a string as body': [(one) => one.requestBody(wrong('evil')), /must be a Uint8Array .* got string/],
    'an ArrayBuffer as body': [(one) => one.requestBody(wrong(new ArrayBuffer(4))), /got an ArrayBuffer/],
    'a detached array as body': [(one) => one.requestBody(detached()), /detached/],
    'what only claims to be bytes': [
      (one) => one.requestBody(wrong(Object.create(Uint8Array.prototype))),
      /must be a Uint8Array .* got object/,
    ],
    'wider numbers as body': [(one) => one.requestBody(wrong(new Uint16Array(4))), /must be a Uint8Array/],
    'a view of no numbers as body': [(one) => one.responseBody(wrong(new DataView(new ArrayBuffer(4)))), /before-head/],
    'a header without a name': [
      (one) => one.requestEnd([{ name: '', value: 'x' }]),
      /name of the trailers .* is empty/,
    ],
    'a header value that is a number': [
      (one) => one.requestEnd(wrong([{ name: 'a', value: 5 }])),
      /value of header a of the trailers .* must be a string, got number/,
    ],
    'a header that is nothing': [(one) => one.requestEnd(wrong([null])), /a header name .* got undefined/],
    'an end that is a text': [(one) => one.responseHeaders(answer, wrong('false')), /true or false, got string/],
    'an end that is not said': [(one) => one.responseHeaders(answer, wrong(undefined)), /true or false, got undefined/],
    'an end that is a number': [(one) => one.responseHeaders(answer, wrong(0)), /true or false, got number/],
    'nothing as a sliced body': [(one) => one.requestBodySliced(wrong(undefined)), /got undefined/],
    'a second head': [(one) => one.requestHeaders(head, false), /the request is in-body/],
    'a body after the end': [(one) => [one.requestEnd(), one.requestBody(evil)], /the request is ended/],
    'a body of a response before its head': [(one) => one.responseBody(evil), /the response is before-head/],
    'a body after a head without one': [
      (one) => [one.responseHeaders(answer, true), one.responseBody(evil)],
      /the response is ended/,
    ],
    'an end before the head': [(one) => one.responseEnd(), /before its head/],
    'a name in mixed case': [
      (one) => one.responseHeaders({ ...answer, headers: [{ name: 'Content-Type', value: 'x' }] }, false),
      /"Content-Type" of the response must be in lower case/,
    ],
    'trailers in mixed case': [(one) => one.requestEnd([{ name: 'X-A', value: '' }]), /"X-A" of the trailers/],
    'letters that are not bytes': [
      (one) => one.responseHeaders({ ...answer, headers: [{ name: 'a', value: '\u2019' }] }, false),
      /the letter at 0 is beyond U\+00FF/,
    ],
    'headers that are not a list': [(one) => one.requestEnd(wrong({ a: 'b' })), /must be an array/],
    'an invalid status': [(one) => one.responseHeaders(wrong({ ...answer, status: '200' }), true), /whole number/],
    'an invalid direction': [(one) => one.evaluateNow(wrong('both')), /neither request nor response/],
    'a call after the last': [(one) => [one.close(), one.requestBody(evil)], /is closed/],
  };
  for (const [what, [call, message]] of Object.entries(misuses)) {
    it(`refuses ${what}`, () => {
      const one = open();
      one.requestHeaders(head, false);
      expect(() => call(one)).toThrow(
        expect.objectContaining({ code: 'api.misuse', message: expect.stringMatching(message) }),
      );
      one.close();
    });
  }

  for (const [what, changes, message] of [
    ['without a method', { method: undefined }, /method of the request must be a string, got undefined/],
    ['with a target that is a number', { target: 5 }, /target of the request must be a string, got number/],
    ['with a target of wide letters', { target: '/\u20ac' }, /target .* the letter at 1 is beyond U\+00FF/],
    ['without a protocol', { protocol: null }, /protocol of the request must be a string, got object/],
    ['without an address', { remoteAddress: undefined }, /remoteAddress of the request must be a string/],
    ['with a port that is a text', { remotePort: '1' }, /remotePort .* from 0 to 65535, got 1/],
    ['without a port', { remotePort: undefined }, /remotePort .* got undefined/],
    ['with a port below 0', { remotePort: -1 }, /remotePort .* got -1/],
    ['with a port above 65535', { remotePort: 65_536 }, /remotePort .* got 65536/],
    ['with a part of a port', { remotePort: 1.5 }, /remotePort .* got 1\.5/],
    ['without headers', { headers: undefined }, /must be an array of/],
  ] as const) {
    it(`refuses a head of a request ${what}, and takes the right one then`, () => {
      const one = open();
      expect(() => one.requestHeaders(wrong({ ...head, ...changes }), false)).toThrow(
        expect.objectContaining({ code: 'api.misuse', message: expect.stringMatching(message) }),
      );
      expect(one.requestHeaders(head, false).kind).toBe('allow');
      one.close();
    });
  }

  it('refuses a body and a response before the head of the request', () => {
    for (const call of [
      (one: CheckedInspection) => one.requestBody(evil),
      (one: CheckedInspection) => one.responseHeaders(answer, true),
    ]) {
      const one = open();
      expect(() => call(one)).toThrow(expect.objectContaining({ code: 'api.misuse' }));
      one.close();
    }
  });

  it('refuses calls that overlap, and loses nothing of the first', async () => {
    const one = open();
    one.requestHeaders(head, false);
    const first = one.requestBodySliced(Buffer.alloc(100_000, 'a long text, '));
    expect(() => one.requestBodySliced(evil)).toThrow(
      expect.objectContaining({ code: 'api.misuse', message: expect.stringMatching(/await that first/) }),
    );
    expect(() => one.close()).toThrow(expect.objectContaining({ code: 'api.misuse' }));
    expect((await first).kind).toBe('allow');
    expect((await one.requestBodySliced(evil)).kind === 'block' || one.requestEnd().kind === 'block').toBe(true);
    one.close();
  });

  it('accepts valid calls', () => {
    const one = open();
    one.requestHeaders(head, false);
    one.responseHeaders(answer, false);
    one.requestBody(new Uint8Array(0));
    one.responseBody(Buffer.from('fine'));
    expect(one.evaluateNow('response').kind).toBe('allow');
    expect(one.evaluatedBytes('response')).toBe(4);
    expect([one.requestEnd().kind, one.requestEnd().kind, one.responseEnd().kind]).toStrictEqual([
      'allow',
      'allow',
      'allow',
    ]);
    expect(one.summary.responseBytes).toBe(4);
    expect(one.close()).toBe(one.close());
  });
});
