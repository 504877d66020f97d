// However the bytes of request and response are interleaved, each direction is inspected as if it were alone: at
// every one of its events the same bytes may be released, and what is found in it is found at the same event.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import type { Direction } from '../../src/transaction/phase.ts';
import { cutSeed } from '../support/cut-exchanges.ts';
import { cutAt, idsOf, planOf } from '../support/exchange.ts';
import { frame, lengthField } from '../support/protobuf.ts';

const rules = `
SecRule ARGS|ARGS_NAMES|XML:/*|REQUEST_BODY|FILES_TMP_CONTENT "@rx attack" "id:1,phase:2,deny,log"
SecRule ARGS|XML:/*|REQUEST_BODY|FILES_TMP_CONTENT "@rx odd" "id:2,phase:2,pass,log"
SecRule RESPONSE_BODY "@rx leak" "id:3,phase:4,deny,log"
SecRule RESPONSE_BODY "@rx odd" "id:4,phase:4,pass,log"
SecRule RESPONSE_STATUS "@eq 204" "id:5,phase:3,allow,log"
SecRule ARGS|REQUEST_BODY|RESPONSE_BODY "@rx odd" "id:6,phase:4,pass,log"
`;

interface Message {
  readonly headers: HeaderList;
  readonly body: Buffer;
}

const typed = (type: string, body: string | Buffer, ...more: HeaderList): Message => ({
  headers: [...(type === '' ? [] : [{ name: 'content-type', value: type }]), ...more],
  body: Buffer.from(body),
});

const gzipped = { name: 'content-encoding', value: 'gzip' };
const part = (text: string): string => `--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n${text}\r\n--b--\r\n`;

const requests: Readonly<Record<string, (text: string) => Message>> = {
  form: (text) => typed('application/x-www-form-urlencoded', `a=1&b=${text}`),
  'a form that looks like JSON': (text) => typed('application/x-www-form-urlencoded', `{"a":"${text}"}`),
  JSON: (text) => typed('application/json', `{"a":"${text}"}`),
  XML: (text) => typed('text/xml', `<a>${text}</a>`),
  multipart: (text) => typed('multipart/form-data; boundary=b', part(text)),
  GraphQL: (text) => typed('application/graphql', `{a(b:"${text}")}`),
  gRPC: (text) => typed('application/grpc', frame(lengthField(1, text))),
  text: (text) => typed('text/plain', `a ${text} b`),
  'no type': (text) => typed('', `{"a":"${text}"}`),
  'gzip of a form': (text) => typed('application/x-www-form-urlencoded', gzipSync(`a=${text}`), gzipped),
};

const responses: Readonly<Record<string, (text: string) => Message>> = {
  text: (text) => typed('text/html', `<p>${text}</p>`),
  'gzip of text': (text) => typed('text/html', gzipSync(`<p>${text}</p>`), gzipped),
  'UTF-16 text': (text) => typed('text/html; charset=utf-16le', Buffer.from(`<p>${text}</p>`, 'utf16le')),
};

type Event = { readonly direction: Direction; readonly piece: Uint8Array | undefined };

/** A message's body as events: three pieces and its end. */
function eventsOf(direction: Direction, { body }: Message): readonly Event[] {
  const cuts = [Math.floor(body.length * 0.4), Math.floor(body.length * 0.7)];
  return [...cutAt(body, cuts), undefined].map((piece) => ({ direction, piece }));
}

/** All merges of two sequences. */
function* merges(first: readonly Event[], second: readonly Event[]): Generator<readonly Event[]> {
  const [one, ...restOfFirst] = first;
  const [two, ...restOfSecond] = second;
  if (one === undefined || two === undefined) {
    yield [...first, ...second];
    return;
  }
  for (const rest of merges(restOfFirst, second)) yield [one, ...rest];
  for (const rest of merges(first, restOfSecond)) yield [two, ...rest];
}

/** The result of a direction at one of its events. */
interface Answer {
  readonly verdict: Verdict;
  readonly evaluatedBytes: number;
}

interface Run {
  readonly answers: Readonly<Record<Direction, Answer[]>>;
  readonly ids: readonly number[];
}

interface Pair {
  readonly request: Message;
  readonly response: Message;
  readonly status: number;
}

function run(plan: Plan, { request, response, status }: Pair, events: readonly Event[], pauses: boolean): Run {
  const inspection = new Inspection(plan, { requestId: 'test', limits });
  const answers: Record<Direction, Answer[]> = { request: [], response: [] };
  const protocol = 'HTTP/1.1';
  const remote = { remoteAddress: '192.0.2.1', remotePort: 1 };
  inspection
    .side('request')
    .head({ method: 'POST', target: '/', protocol, headers: request.headers, ...remote }, false);
  inspection.side('response').head({ status, protocol, headers: response.headers }, false);
  for (const { direction, piece } of events) {
    const isRequest = direction === 'request';
    let verdict: Verdict;
    if (piece === undefined) verdict = isRequest ? inspection.side('request').end() : inspection.side('response').end();
    else verdict = isRequest ? inspection.side('request').chunk(piece) : inspection.side('response').chunk(piece);
    if (pauses && piece !== undefined) verdict = inspection.side(direction).evaluateNow();
    answers[direction].push({ verdict, evaluatedBytes: inspection.side(direction).evaluatedBytes });
    if (verdict.kind === 'block') break;
  }
  return { answers, ids: idsOf(inspection.close()) };
}

/** Asserts that a merge gave each direction the same result as alone, up to the event at which the exchange was blocked. */
function assertAlone(merged: Run, alone: Readonly<Record<Direction, Run>>, title: string): void {
  for (const direction of ['request', 'response'] as const) {
    const seen = merged.answers[direction];
    expect(seen, `${title}: the ${direction}`).toStrictEqual(alone[direction].answers[direction].slice(0, seen.length));
  }
  const isBlocked = Object.values(merged.answers).some((answers) => answers.at(-1)?.verdict.kind === 'block');
  const isBlockedAlone = Object.values(alone).some(({ answers }) =>
    Object.values(answers).some((one) => one.at(-1)?.verdict.kind === 'block'),
  );
  expect(isBlocked, title).toBe(isBlockedAlone);
}

describe('request and response, however they are interleaved', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(rules);
  });
  afterAll(() => closePlan(plan));

  for (const [requestKind, makeRequest] of Object.entries(requests)) {
    it(`are inspected as if alone: ${requestKind}`, () => {
      for (const [responseKind, makeResponse] of Object.entries(responses)) {
        for (const [requestText, responseText] of [
          ['attack', 'odd'],
          ['odd', 'leak'],
          ['attack', 'leak'],
          ['leak', 'attack'],
        ] as const) {
          for (const pauses of [false, true]) {
            const pair = { request: makeRequest(requestText), response: makeResponse(responseText), status: 200 };
            const first = eventsOf('request', pair.request);
            const second = eventsOf('response', pair.response);
            const alone = { request: run(plan, pair, first, pauses), response: run(plan, pair, second, pauses) };
            const ids = [...alone.request.ids, ...alone.response.ids].sort((a, b) => a - b);
            for (const events of merges(first, second)) {
              const order = events.map(({ direction, piece }) => `${direction} ${piece?.length ?? 'end'}`).join(', ');
              const title = `${requestText} and ${responseKind} with ${responseText}: ${order}, pauses ${pauses}`;
              const merged = run(plan, pair, events, pauses);
              assertAlone(merged, alone, title);
              const isAttack = requestText === 'attack' || responseText === 'leak';
              if (!isAttack)
                expect(
                  [...merged.ids].sort((a, b) => a - b),
                  title,
                ).toStrictEqual(ids);
            }
          }
        }
      }
    });
  }

  it('are not exempt because of an "allow" of the other', () => {
    const pair = { request: requests.form?.('attack') as Message, response: typed('text/html', ''), status: 204 };
    const events = eventsOf('request', pair.request);
    expect(run(plan, pair, events, false).answers.request.at(-1)?.verdict.kind).toBe('block');
  });

  it(`are inspected as if alone when they are long (seed ${cutSeed})`, () => {
    let state = cutSeed || 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const padding = 'some words, '.repeat(4_000);
    for (const [text, answer] of [
      ['attack', 'odd'],
      ['odd', 'leak'],
      ['odd', 'odd'],
    ] as const) {
      for (const make of Object.values(requests)) {
        const response = typed('text/html', padding + answer + padding);
        const pair = { request: make(encodeURIComponent(padding) + text), response, status: 200 };
        const cutsOf = (length: number): number[] =>
          [random(length), random(length), random(length)].sort((a, b) => a - b);
        const pieces = (direction: Direction, body: Buffer): Event[] => [
          ...cutAt(body, cutsOf(body.length)).map((piece) => ({ direction, piece })),
          { direction, piece: undefined },
        ];
        const [first, second] = [pieces('request', pair.request.body), pieces('response', response.body)];
        const alone = { request: run(plan, pair, first, false), response: run(plan, pair, second, false) };
        for (let times = 0; times < 3; times += 1) {
          const left = { request: [...first], response: [...second] };
          const events: Event[] = [];
          while (left.request.length + left.response.length > 0) {
            const queue = random(left.request.length + left.response.length) < left.request.length;
            events.push((queue ? left.request : left.response).shift() as Event);
          }
          assertAlone(run(plan, pair, events, false), alone, `seed ${cutSeed}`);
        }
      }
    }
  });
});
