// An attack at the beginning of a long body is blocked before the first stride is full, at an offset that no cut changes.

import { resolve } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const attack = "1' UNION SELECT password FROM users -- ";
const leak = 'ORA-01756: quoted string not terminated';
const words = 'ordinary words of a letter ';
type Kind = readonly [name: string, type: string, body: (attack: string, lead: string, rest: string) => string];

const part = (name: string): string => `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n`;
const message = (value: string): string => `\0\0\0\0${String.fromCharCode(value.length + 2, 10, value.length)}${value}`;

/** Bodies in which the value ends after the attack, and others in which it continues for the rest of the body. */
const kinds: readonly Kind[] = [
  ['a form', 'application/x-www-form-urlencoded', (a, lead, rest) => `x=${lead}&q=${encodeURIComponent(a)}&z=${rest}`],
  ['a form, open', 'application/x-www-form-urlencoded', (a, lead, rest) => `q=${lead}${encodeURIComponent(a)}${rest}`],
  ['JSON', 'application/json', (a, lead, rest) => JSON.stringify({ x: lead, q: a, z: rest })],
  ['JSON, open', 'application/json', (a, lead, rest) => JSON.stringify({ q: lead + a + rest })],
  [
    'JSON texts',
    'application/x-ndjson',
    (a, lead, rest) => [lead, a, rest].map((one) => JSON.stringify([one])).join('\n'),
  ],
  ['XML', 'application/xml', (a, lead, rest) => `<a><x>${lead}</x><q>${a}</q><z>${rest}</z></a>`],
  ['XML, open', 'application/xml', (a, lead, rest) => `<a><q>${lead}${a}${rest}</q></a>`],
  ['an attribute', 'application/xml', (a, lead, rest) => `<a x="${lead}" q="${a}"><z>${rest}</z></a>`],
  [
    'multipart',
    'multipart/form-data; boundary=b',
    (a, lead, rest) => `${part('x')}${lead}\r\n${part('q')}${a}\r\n${part('z')}${rest}\r\n--b--\r\n`,
  ],
  [
    'multipart, open',
    'multipart/form-data; boundary=b',
    (a, lead, rest) => `${part('q')}${lead}${a}${rest}\r\n--b--\r\n`,
  ],
  ['GraphQL', 'application/graphql', (a, lead, rest) => `{ f(x: "${lead}", q: "${a}", z: "${rest}") { id } }`],
  [
    'gRPC',
    'application/grpc',
    (a, lead, rest) =>
      [...(lead.match(/.{1,100}/g) ?? []), a, ...(rest.match(/.{1,100}/g) ?? [])].map(message).join(''),
  ],
  ['text', 'text/plain', (a, lead, rest) => `${lead}${a}${rest}`],
  ['no type, but JSON', 'x', (a, lead, rest) => JSON.stringify({ x: lead, q: a, z: rest })],
];

describe('an attack in the first two KiB of a long body', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([resolve(import.meta.dirname, '../../rules/starter')]);
  });
  afterAll(() => closePlan(plan));

  const rest = words.repeat(2_000);

  /** Where the attack ends. */
  function endOf([name, , make]: Kind, lead: string): number {
    const length = (name.startsWith('a form') ? encodeURIComponent(attack) : attack).length;
    return make('~', lead, '').indexOf('~') + length;
  }

  /** What precedes it: nothing, something, and as much as fits into two KiB. */
  function leadsOf(kind: Kind): readonly string[] {
    const fill = words.repeat(80);
    let length = 2_048;
    while (endOf(kind, fill.slice(0, length)) > 2_048) length -= 1;
    return [0, 400, length].map((one) => fill.slice(0, one));
  }

  /** The verdict, and after how many bytes. */
  function answer(exchange: ExchangeCase, cuts: readonly number[]): unknown {
    const summary = runExchange(plan, exchange, cuts);
    return [summary.verdict, idsOf(summary), summary.firstVerdictBytes];
  }

  /** The most awkward cuts: around each offset where rules are evaluated, around the attack, and everywhere. */
  function cutsOf(end: number): readonly (readonly number[])[] {
    const places = [1_024, 2_048, limits.firstLookBytes, 8_192, end];
    const around = places.flatMap((place) => [place - 1, place, place + 1]).filter((place) => place > 0);
    const even = (step: number): number[] => Array.from({ length: Math.ceil(9_000 / step) }, (_, n) => (n + 1) * step);
    return [
      ...around.map((cut) => [cut]),
      [...new Set(around)].sort((a, b) => a - b),
      even(1_000),
      even(137),
      even(16),
    ];
  }

  for (const kind of kinds) {
    const [name, type, make] = kind;
    it(`is blocked within four KiB of its end in ${name}`, () => {
      for (const lead of leadsOf(kind)) {
        const body = Buffer.from(make(attack, lead, rest), 'latin1');
        const end = endOf(kind, lead);
        const exchange = { headers: { 'content-type': type }, body };
        const whole = runExchange(plan, exchange);
        expect(whole.verdict.kind).toBe('block');
        expect(whole.firstVerdictBytes ?? Infinity, `${end}: ${whole.firstVerdictBytes}`).toBeLessThanOrEqual(
          end + 4_096,
        );
        for (const cuts of cutsOf(end)) {
          expect(answer(exchange, cuts), `lead ${lead.length}, cut at ${cuts.join(' ')}`).toStrictEqual(
            answer(exchange, []),
          );
        }
      }
    });
  }

  for (const [coding, code] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const) {
    it(`is blocked within four KiB of sent bytes in ${coding}`, () => {
      const noise = Array.from({ length: 6_000 }, (_, n) => ((n * 2_654_435_761) >>> 7).toString(36)).join(' ');
      const body = code(Buffer.from(JSON.stringify({ q: attack, z: noise })));
      const exchange = { headers: { 'content-type': 'application/json', 'content-encoding': coding }, body };
      expect(body.length).toBeGreaterThan(limits.evaluationStrideBytes);
      expect(runExchange(plan, exchange).firstVerdictBytes).toBe(limits.firstLookBytes);
      for (const cuts of cutsOf(100)) expect(answer(exchange, cuts)).toStrictEqual(answer(exchange, []));
    });
  }

  it('is blocked at the first stride in a response', () => {
    const exchange = { response: { headers: { 'content-type': 'text/html' }, body: `<p>${leak}</p>${rest}` } };
    expect(runExchange(plan, exchange).firstVerdictBytes).toBe(limits.evaluationStrideBytes);
  });

  it('waits for the end of a body that is declared no longer than a stride, and for the configured offset', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `q=${encodeURIComponent(attack)}&z=${'x'.repeat(10_000)}`;
    const long = `${body}${'x'.repeat(10_000)}`;
    const offsets = [
      runExchange(plan, { headers: { ...headers, 'content-length': String(body.length) }, body }),
      runExchange(plan, { headers, body }),
      runExchange(plan, { headers: { ...headers, 'content-length': String(long.length) }, body: long }),
      runExchange(plan, { headers, body }, [], { limits: limitsWith({ firstLookBytes: 4_096 }) }),
      runExchange(plan, { headers, body: long }, [], { limits: limitsWith({ firstLookBytes: 16_384 }) }),
    ].map(({ firstVerdictBytes }) => firstVerdictBytes);
    expect(offsets).toStrictEqual([body.length, limits.firstLookBytes, limits.firstLookBytes, 4_096, 16_384]);
  });

  it('does not run rules again before the first stride where nothing was found', async () => {
    const own = await planOf(
      `SecRule REMOTE_ADDR "@rx ." "id:1,phase:2,pass,nolog"\nSecRule ARGS "@rx evil" "id:2,phase:2,pass"\n`,
    );
    let evaluations = 0;
    const phases = own.phases.map((phase) => {
      if (phase.phase !== 2) return phase;
      const counted = { ...phase };
      return Object.defineProperty(counted, 'always', {
        get: () => {
          evaluations += 1;
          return phase.always;
        },
      });
    });
    const evaluationsOf = (body: string): number => {
      evaluations = 0;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      runExchange({ ...own, phases }, { headers, body });
      return evaluations;
    };
    const rest = `b=${'x'.repeat(12_000)}`;
    // At the end; with a hit also at the first look, where known results are used first.
    expect([evaluationsOf(`a=harmless&${rest}`), evaluationsOf(`a=evil&${rest}`)]).toStrictEqual([1, 3]);
    closePlan(own);
  });

  it('in an open value is blocked at the configured first look', () => {
    const exchange = { headers: { 'content-type': 'text/plain' }, body: `${attack}${rest}` };
    for (const firstLookBytes of [1_024, 4_096, 8_192]) {
      const { firstVerdictBytes } = runExchange(plan, exchange, [], { limits: limitsWith({ firstLookBytes }) });
      expect(firstVerdictBytes).toBe(firstLookBytes);
    }
  });
});

describe('a first look', () => {
  it('finds no attack in what matches only while the value does not continue', async () => {
    const plan = await planOf(`SecRule ARGS|REQUEST_BODY "@rx evil$" "id:1,phase:2,deny"
      SecRule ARGS "@streq ${'x'.repeat(4_094)}" "id:2,phase:2,deny"
      SecRule REQUEST_BODY "@rx last\\b" "id:3,phase:2,deny"`);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const text = { 'content-type': 'text/plain' };
    const fill = 'y'.repeat(20_000);
    for (const [headers, body, kind] of [
      [form, `a=${'x'.repeat(4_090)}evil${fill}`, 'allow'],
      [form, `a=${'x'.repeat(4_094)}${fill}`, 'allow'],
      [text, `${'x'.repeat(4_092)}last${fill}`, 'allow'],
      [text, `${'x'.repeat(4_092)}last ${fill}`, 'block'],
      [form, `a=${'x'.repeat(4_090)}evil&b=${fill}`, 'block'],
    ] as const) {
      expect(runExchange(plan, { headers, body }).verdict.kind, body.slice(4_090, 4_100)).toBe(kind);
    }
    closePlan(plan);
  });
});
