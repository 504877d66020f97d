// Small bodies that would cost much: stopped by a named bound, or inspected in little memory and time. Each is blocked when
// rules are enforced, or inspected to its last byte.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { closePlan, loadPlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { type CutExchange, inspect } from '../support/cut-exchanges.ts';

const MiB = 1024 * 1024;
const sqli = "1' UNION SELECT password FROM users -- ";
const million = 1_000_000;

/** What one body may take beyond its own bytes. */
const memoryMax = 48 * MiB;
const secondsMax = 60;

interface Bomb {
  readonly title: string;
  readonly type: string;
  readonly coding?: string;
  readonly make: () => Uint8Array;
  /** The cause of the block by a bound, or the rule that found what stands at the end. */
  readonly stops: 'limit.body' | 'limit.fields' | 'parse' | 'rule';
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const xml = 'application/xml';
const zeros = Buffer.alloc(64 * MiB, 0x61);

const laughs = (): Buffer => {
  const entities = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  return Buffer.from(`<!DOCTYPE l [<!ENTITY l0 "lol">${entities}]><l>&l20;</l>`);
};

const nested = (times: number): Buffer => {
  let bytes: Buffer = Buffer.from(zeros);
  for (let n = 0; n < times; n += 1) bytes = gzipSync(bytes);
  return bytes;
};

const bombs: readonly Bomb[] = [
  { title: 'gzip of 64 MiB', type: form, coding: 'gzip', make: () => gzipSync(zeros), stops: 'limit.body' },
  { title: 'deflate of 64 MiB', type: form, coding: 'deflate', make: () => deflateSync(zeros), stops: 'limit.body' },
  { title: 'br of 64 MiB', type: form, coding: 'br', make: () => brotliCompressSync(zeros), stops: 'limit.body' },
  { title: 'zstd of 64 MiB', type: form, coding: 'zstd', make: () => zstdCompressSync(zeros), stops: 'limit.body' },
  { title: 'gzip three times', type: form, coding: 'gzip, gzip, gzip', make: () => nested(3), stops: 'limit.body' },
  {
    title: 'gzip five times',
    type: form,
    coding: 'gzip, gzip, gzip, gzip, gzip',
    make: () => nested(5),
    stops: 'limit.body',
  },
  { title: 'a billion laughs', type: xml, make: laughs, stops: 'parse' },
  {
    title: 'a million keys of a form',
    type: form,
    make: () => Buffer.from(`${'k=v&'.repeat(million)}a=${encodeURIComponent(sqli)}`),
    stops: 'rule',
  },
  {
    title: 'a million different keys of JSON',
    type: json,
    make: () => Buffer.from(`{${Array.from({ length: million }, (_, n) => `"k${n}":1`).join()},"a":"${sqli}"}`),
    stops: 'rule',
  },
  {
    title: 'a million keys that are one',
    type: json,
    make: () => Buffer.from(`{${'"__proto__":1,'.repeat(million)}"a":"${sqli}"}`),
    stops: 'rule',
  },
  {
    title: 'a depth of a million in JSON',
    type: json,
    make: () => Buffer.from('['.repeat(million)),
    stops: 'limit.body',
  },
  {
    title: 'a depth of a million in XML',
    type: xml,
    make: () => Buffer.from('<a>'.repeat(million)),
    stops: 'limit.body',
  },
  {
    title: 'a number of a million digits',
    type: json,
    make: () => Buffer.from(`{"n":${'9'.repeat(million)},"a":"${sqli}"}`),
    stops: 'rule',
  },
  {
    title: 'a million attributes',
    type: xml,
    make: () => Buffer.from(`<a ${'b="c" '.repeat(million)}/>`.replace('/>', `z="${sqli.replaceAll("'", '&#39;')}"/>`)),
    stops: 'rule',
  },
  {
    title: 'a million parts',
    type: 'multipart/form-data; boundary=b',
    make: () => Buffer.from('--b\r\n\r\n\r\n'.repeat(million)),
    stops: 'limit.body',
  },
  {
    title: 'a name of a million bytes',
    type: form,
    make: () => Buffer.from(`${'n'.repeat(million)}=1&a=${encodeURIComponent(sqli)}`),
    stops: 'rule',
  },
  {
    title: 'a million escapes',
    type: json,
    make: () => Buffer.from(`{"a":"${'\\u0041'.repeat(million)} ${sqli}"}`),
    stops: 'rule',
  },
];

function exchangeOf({ title, type, coding, make }: Bomb): CutExchange {
  const headers = [
    { name: 'host', value: 'example.test' },
    { name: 'content-type', value: type },
    ...(coding === undefined ? [] : [{ name: 'content-encoding', value: coding }]),
  ];
  return { title, method: 'POST', target: '/', protocol: 'HTTP/1.1', headers, body: make() };
}

function stopOf({ verdict }: InspectionSummary): string {
  if (verdict.kind !== 'block') return verdict.kind;
  return verdict.cause ?? 'rule';
}

describe('bombs', () => {
  let plan: Plan;
  before(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  after(() => closePlan(plan));

  for (const bomb of bombs) {
    it(`are stopped or seen through: ${bomb.title}`, () => {
      const exchange = exchangeOf(bomb);
      // Pieces as Envoy sends them.
      const cut = new Array<number>(Math.ceil(exchange.body.length / 65_536)).fill(65_536);
      const began = performance.now();
      const residentBefore = process.memoryUsage().rss;
      const summary = inspect(plan, exchange, cut);
      const grown = process.memoryUsage().rss - residentBefore;
      assert.equal(stopOf(summary), bomb.stops, JSON.stringify([summary.verdict, summary.problems]));
      assert.ok(performance.now() - began < secondsMax * 1000, `${performance.now() - began} ms`);
      assert.ok(grown <= memoryMax, `${(grown / MiB).toFixed(1)} MiB`);
    });
  }
});
