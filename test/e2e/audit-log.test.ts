// docs/audit-log.schema.json and docs/audit-log.md describe the lines of a real server.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { lossLine } from '../../src/telemetry/log.ts';
import { Front } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const docs = join(import.meta.dirname, '..', '..', 'docs');
const schema = JSON.parse(readFileSync(join(docs, 'audit-log.schema.json'), 'utf8')) as {
  readonly $defs: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
};
const page = readFileSync(join(docs, 'audit-log.md'), 'utf8');

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
(addFormats as unknown as { default: (to: Ajv2020) => void }).default(ajv);
const validate = ajv.compile(schema);

/** What is wrong with a line; nothing if it matches the schema. */
const faults = (line: unknown): readonly string[] =>
  validate(line) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

const fieldsOf = (name: string): readonly string[] => Object.keys(schema.$defs[name]?.properties ?? {});

describe('docs/audit-log.schema.json', () => {
  it('fits lines of a real server, whatever clients send, and knows all fields in them', async () => {
    const path = join(folder, 'audit.log');
    const front = await Front.start({ mode: 'streamed', weir: { args: ['--audit-log', path] } });
    const json = [['content-type', 'application/json']] as const;
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const requests = [
      { path: "/?q=1'%20UNION%20SELECT%20password%20FROM%20users--", headers: [['traceparent', trace]] },
      { method: 'POST', headers: [...json, ['traceparent', 'forged']], body: [Buffer.from('{]')] },
      { method: 'POST', headers: [['content-type', 'text/plain; charset=x-no']], body: [Buffer.from('hello')] },
      { path: '/%0d%0a%1b[0m?a=%3Cscript%3Ealert(1)%3C/script%3E', headers: [['user-agent', '"\\\u00e9']] },
      { method: 'POST', headers: json, body: [Buffer.from(`{"a":"${'<script>alert(1)</script>'.repeat(2_000)}"}`)] },
    ] as const;
    for (const request of requests) await front.exchange(request);
    const lines = await until('all lines are there', () => {
      const all = readFileSync(path, 'utf8').trimEnd().split('\n');
      return all.length >= requests.length && all.map((line) => JSON.parse(line) as Record<string, unknown>);
    });
    await front.stop();
    expect(lines.flatMap(faults)).toStrictEqual([]);
    const known = new Set(fieldsOf('exchange'));
    expect(lines.flatMap((line) => Object.keys(line)).filter((name) => !known.has(name))).toStrictEqual([]);
    expect(lines.map(({ traceparent }) => traceparent).filter(Boolean)).toStrictEqual([trace]);
    expect(
      new Set(lines.map(({ profile, generation, version }) => [profile, generation, version].join())),
    ).toStrictEqual(new Set(['default,1,1']));
    expect(lines.every(({ stageMs }) => Object.keys(stageMs as object).length > 0)).toBe(true);
  });

  it('fits the line that replaces missing ones', () => {
    expect(faults(JSON.parse(lossLine(3)))).toStrictEqual([]);
  });

  for (const [what, change] of [
    ['a verdict that there is not', { verdict: 'maybe' }],
    ['text that is not printable', { host: 'a\u001b[0m' }],
    ['a trace that is none', { traceparent: 'x' }],
    ['another version', { version: 2 }],
  ] as const) {
    it(`does not fit ${what}`, () => {
      const line = {
        ...{ level: 'info', time: '2026-01-01T00:00:00.000Z', service: 'weir', msg: 'exchange', event: 'exchange' },
        ...{ version: 1, requestId: 'a', verdict: 'allow', ending: 'complete', status: 200, ruleId: 0, phase: 0 },
        ...{ score: 0, responseScore: 0, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, stageMs: {} },
        ...{ profile: '', generation: 1, requestBytes: 0, responseBytes: 0, coverage: 'whole', matches: [] },
      };
      expect(faults(line)).toStrictEqual([]);
      expect(faults({ ...line, ...change }).length).toBeGreaterThan(0);
    });
  }

  it('has the fields in docs/audit-log.md, and no others', () => {
    const told = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(new Set(told)).toStrictEqual(new Set([...fieldsOf('exchange'), ...fieldsOf('match')]));
  });
});
