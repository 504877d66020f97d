// Small bodies that would cost much: stopped by a named limit, or inspected in little memory. Each is blocked when rules are
// enforced, or inspected to its last byte.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { brotliOf, deflateOf, gzipOf, zstdOf } from '../support/bombs.ts';
import { type CutExchange, inspect } from '../support/cut-exchanges.ts';
import { frame, nestedFields } from '../support/protobuf.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const sqli = "1' UNION SELECT password FROM users -- ";
const million = 1_000_000;

/** How much memory one body may take in addition to its own bytes. */
const memoryMax = 48 * MiB;

interface Bomb {
  readonly title: string;
  readonly type: string;
  readonly coding?: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  /** The cause of the block by a limit, or the rule that found the attack at the end. */
  readonly stops: 'limit.body' | 'limit.work' | 'limit.fields' | 'parse' | 'rule';
  /** The reason in the block's message. */
  readonly says?: string | RegExp;
  /** It is stopped before more than this many bytes were read. */
  readonly withinBytes?: number;
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const xml = 'application/xml';
const graphql = 'application/graphql';
const multipart = 'multipart/form-data; boundary=b';

/** Where a body that expands too much is stopped: a MiB of it is decoded, of encoded bytes there were a few KiB. */
const ratioStop = {
  stops: 'limit.body',
  says: new RegExp(`expand to \\d+, limit ${limits.expansionRatioMax} times`),
  withinBytes: 64 * KiB,
} as const;
/** Where it is stopped if its first KiB decodes to more than may be inspected for it. */
const workStop = { ...ratioStop, stops: 'limit.work', says: /takes over \d+ units of work/ } as const;
/** The end of a form's value, and an attack. */
const formEnd = `&a=${encodeURIComponent(sqli)}`;
const tooDeep = (format: string, levels: number) =>
  ({ stops: 'limit.body', says: `${format} is nested deeper than ${levels} levels`, withinBytes: 64 * KiB }) as const;

const laughs = (): Buffer => {
  const entities = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  return Buffer.from(`<!DOCTYPE l [<!ENTITY l0 "lol">${entities}]><l>&l20; ${sqli}</l>`);
};

const nested = (times: number): Buffer => {
  let bytes: Buffer = Buffer.alloc(64 * MiB, 'a');
  for (let n = 0; n < times; n += 1) bytes = gzipSync(bytes, { level: 1 });
  return bytes;
};

const bombs: readonly Bomb[] = [
  // 10 GiB from 10 MiB.
  { title: 'gzip of 10 GiB', type: form, coding: 'gzip', make: () => gzipOf(10 * GiB), ...ratioStop },
  { title: 'deflate of 10 GiB', type: form, coding: 'deflate', make: () => deflateOf(10 * GiB, MiB), ...ratioStop },
  { title: 'br of 10 GiB', type: form, coding: 'br', make: () => brotliOf(10 * GiB, 16 * KiB), ...ratioStop },
  { title: 'zstd of 10 GiB', type: form, coding: 'zstd', make: () => zstdOf(10 * GiB, 4 * KiB), ...ratioStop },
  // Below the ratio: inspected to the end.
  {
    title: 'deflate that expands as far as it may',
    type: form,
    coding: 'deflate',
    make: () => deflateOf(16 * MiB, KiB, formEnd),
    stops: 'rule',
  },
  {
    title: 'br with the largest window, expanding as far as it may',
    type: form,
    coding: 'br',
    make: () => brotliOf(24 * MiB, KiB, formEnd),
    stops: 'rule',
  },
  {
    title: 'zstd with the largest window that is allowed, expanding as far as it may',
    type: form,
    coding: 'zstd',
    make: () => zstdOf(24 * MiB, 256, formEnd),
    stops: 'rule',
  },
  // Windows.
  {
    title: 'zstd that asks for a window of 128 MiB',
    type: form,
    coding: 'zstd',
    make: () => zstdOf(16 * MiB, 256, formEnd, 27),
    stops: 'parse',
    says: /not valid zstd: .*memory/,
    withinBytes: 64 * KiB,
  },
  {
    title: 'br that asks for a window of 1 GiB, which the format of HTTP does not have',
    type: form,
    coding: 'br',
    make: () => brotliOf(16 * MiB, KiB, formEnd, 30),
    stops: 'parse',
    says: /not valid br/,
    withinBytes: 64 * KiB,
  },
  // Stacked.
  { title: 'gzip three times', type: form, coding: 'gzip, gzip, gzip', make: () => nested(3), ...workStop },
  {
    title: 'gzip five times',
    type: form,
    coding: 'gzip, gzip, gzip, gzip, gzip',
    make: () => nested(5),
    stops: 'limit.body',
    says: `5 content codings, limit ${limits.contentCodingsMax}`,
  },
  { title: 'a billion laughs', type: xml, make: laughs, stops: 'rule' },
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
    ...tooDeep('JSON', limits.jsonDepthMax),
  },
  {
    title: 'a depth of a million in XML',
    type: xml,
    make: () => Buffer.from('<a>'.repeat(million)),
    ...tooDeep('XML', limits.xmlDepthMax),
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
    type: multipart,
    make: () => Buffer.from('--b\r\n\r\n\r\n'.repeat(million)),
    stops: 'limit.body',
    says: `more than ${limits.multipartPartsMax} parts`,
    withinBytes: MiB,
  },
  {
    title: 'a million headers of one part',
    type: multipart,
    make: () => Buffer.from(`--b\r\n${'a:b\r\n'.repeat(million)}`),
    stops: 'limit.body',
    says: `headers of a part are over ${limits.multipartHeaderBytesMax} bytes`,
    withinBytes: 64 * KiB,
  },
  {
    title: 'a depth of a million in gRPC',
    type: 'application/grpc',
    make: () => frame(nestedFields(million, sqli)),
    stops: 'rule',
  },
  {
    title: 'a depth of a million in GraphQL',
    type: graphql,
    make: () => Buffer.from(`${'{a'.repeat(million)}(b:"${sqli}")`),
    stops: 'rule',
  },
  {
    title: 'a million texts of JSON',
    type: 'application/x-ndjson',
    make: () => Buffer.from(`${'{"a":1}\n'.repeat(million)}{"a":"${sqli}"}`),
    stops: 'rule',
  },
  {
    title: 'a million elements',
    type: xml,
    make: () => Buffer.from(`<r>${'<a>b</a>'.repeat(million)}<a>${sqli}</a></r>`),
    stops: 'rule',
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

async function exchangeOf({ title, type, coding, make }: Bomb): Promise<CutExchange> {
  const headers = [
    { name: 'host', value: 'example.test' },
    { name: 'content-type', value: type },
    ...(coding === undefined ? [] : [{ name: 'content-encoding', value: coding }]),
  ];
  return { title, method: 'POST', target: '/', protocol: 'HTTP/1.1', headers, body: await make() };
}

function stopOf({ verdict }: InspectionSummary): string {
  if (verdict.kind !== 'block') return verdict.kind;
  return verdict.cause ?? 'rule';
}

describe('bombs', () => {
  let plan: Plan;
  beforeAll(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  for (const bomb of bombs) {
    it(`are stopped or inspected: ${bomb.title}`, async () => {
      const exchange = await exchangeOf(bomb);
      // Pieces as Envoy sends them.
      const cut = new Array<number>(Math.ceil(exchange.body.length / 65_536)).fill(65_536);
      const residentBefore = process.memoryUsage().rss;
      const summary = inspect(plan, exchange, cut);
      const grown = process.memoryUsage().rss - residentBefore;
      expect(stopOf(summary), JSON.stringify([summary.verdict, summary.problems])).toBe(bomb.stops);
      const { says = '', withinBytes = Number.POSITIVE_INFINITY } = bomb;
      const said = summary.problems.map(({ message }) => message).join();
      expect(typeof says === 'string' ? said.includes(says) : says.test(said), said).toBeTruthy();
      expect(summary.requestBytes, `${summary.requestBytes} bytes were read`).toBeLessThanOrEqual(withinBytes);
      expect(grown, `${(grown / MiB).toFixed(1)} MiB`).toBeLessThanOrEqual(memoryMax);
    });
  }
});
