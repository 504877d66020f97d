// The audit log in ECS and OCSF, checked against what those publish: OCSF's JSON Schema, and ECS's list of fields with their types and values.

import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { schemaFiles } from '../../scripts/setup/schemas.mjs';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { inFormat } from '../../src/telemetry/audit-format.ts';
import { auditEntryOf } from '../../src/telemetry/audit-log.ts';
import { recordWith } from '../support/record.ts';

const { ocsf, ecs } = schemaFiles as { readonly ocsf: string; readonly ecs: string };

const match: RuleMatch = {
  ruleId: 942100,
  phase: 2,
  message: 'SQL injection',
  messageValues: [],
  logData: 'x',
  severity: 'CRITICAL',
  tags: ['attack-sqli', 'OWASP_CRS'],
  file: 'rules/a.conf',
  line: 12,
  variable: 'ARGS:q',
  place: { offset: 3, transformations: ['lowercase'], excerpt: 'abc' },
  isLogged: true,
  isAudited: true,
};
const base = recordWith();
const packs = [{ name: 'starter', version: '1.2.3', digest: 'sha256:00' }];
const severities = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG', ''];

/** Entries of every kind: verdicts, severities, with and without matches, response, client. */
const plain = auditEntryOf(base, 'full', packs);
const entries = [
  plain,
  auditEntryOf(recordWith({ response: undefined, matches: [{ ...match, tags: [], message: '' }] }), 'redacted'),
  ...(['block', 'detect', 'allow'] as const).flatMap((verdict) =>
    severities.map((severity) =>
      auditEntryOf(
        recordWith({
          report: { ...base.report, verdict, ruleId: 942100, phase: 2 },
          matches: [{ ...match, severity }],
          blockStatus: 403,
        }),
        'full',
        packs,
      ),
    ),
  ),
];

describe.skipIf(!existsSync(ocsf))('the audit log as OCSF', () => {
  it('is a Detection Finding, and contains nothing that it has no place for', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(ocsf, 'utf8')));
    expect(validate({ ...inFormat(plain, 'ocsf'), nonsense: 1 })).toBe(false);
    for (const entry of entries) {
      expect(validate(JSON.parse(JSON.stringify(inFormat(entry, 'ocsf')))), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});

/** A field of ECS. */
interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly allowed_values?: readonly { readonly name: string; readonly expected_event_types?: readonly string[] }[];
}

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: (value) => typeof value === 'string',
  constant_keyword: (value) => typeof value === 'string',
  wildcard: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  match_only_text: (value) => typeof value === 'string',
  long: Number.isSafeInteger,
  ip: (value) => isIP(String(value)) !== 0,
  date: (value) => typeof value === 'string' && new Date(value).toISOString() === value,
};

/** Leaves by dotted name; lists are leaves. */
function leavesOf(value: unknown, name = ''): readonly (readonly [name: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, name === '' ? key : `${name}.${key}`));
}

describe.skipIf(!existsSync(ecs))('the audit log as ECS', () => {
  const text = existsSync(ecs) ? readFileSync(ecs, 'utf8') : '{}';
  const fields = parse(text) as Readonly<Record<string, Field>>;

  /** What is wrong with a leaf. */
  function problemOf(name: string, value: unknown): string | undefined {
    const field = fields[name];
    if (field === undefined) return `${name} is not a field of ECS`;
    if (Array.isArray(value) !== field.normalize.includes('array')) return `${name} is a list, or should be one`;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (types[field.type]?.(one) !== true) return `${name} is not of type ${field.type}: ${JSON.stringify(one)}`;
      const allowed = field.allowed_values?.map((known) => known.name);
      if (allowed?.includes(one) === false) return `${name} may not be ${one}`;
    }
    return undefined;
  }

  it('is checked against existing fields', () => {
    expect(problemOf('source.nonsense', '1')).toBe('source.nonsense is not a field of ECS');
    expect(problemOf('source.ip', 'unix')).toBe('source.ip is not of type ip: "unix"');
    expect(problemOf('event.kind', 'nonsense')).toBe('event.kind may not be nonsense');
    expect(problemOf('event.type', 'info')).toMatch(/is a list, or should be one/);
  });

  it('has fields of ECS with values of their types, and our own below `weir`', () => {
    for (const entry of entries) {
      const { weir, ...others } = JSON.parse(JSON.stringify(inFormat(entry, 'ecs')));
      const problems = leavesOf(others).map(([name, value]) => problemOf(name, value));
      expect(problems.filter((problem) => problem !== undefined)).toStrictEqual([]);
      expect(weir).toStrictEqual(JSON.parse(JSON.stringify(entry)));
    }
  });

  it('has types of events that go with one of its categories', () => {
    const categories = fields['event.category']?.allowed_values ?? [];
    for (const entry of entries) {
      const { event } = JSON.parse(JSON.stringify(inFormat(entry, 'ecs')));
      const expected = categories.flatMap(({ name, expected_event_types: known = [] }) =>
        event.category.includes(name) ? known : [],
      );
      expect(expected).toEqual(expect.arrayContaining(event.type));
    }
  });
});
