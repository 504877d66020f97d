import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { findingAt } from '../../src/lint/finding.ts';
import { formatFindings } from '../../src/lint/format.ts';

const findings = [
  findingAt('test-attack', { file: 'packs/a b/ü.conf', line: 3, column: 7 }, 'no test', 1001),
  findingAt('manifest-incomplete', { file: 'packs/pack.yaml', line: 1, column: 1 }, '"ids" is missing'),
];

describe('formatFindings', () => {
  it('writes for people, as compilers do', () => {
    expect(formatFindings(findings, 'human')).toBe(`packs/a b/ü.conf:3:7: error: rule 1001: no test [test-attack]
packs/pack.yaml:1:1: error: "ids" is missing [manifest-incomplete]
2 errors, 0 warnings, 0 notes
explained in docs/packs.md#lint-KIND: test-attack, manifest-incomplete
`);
  });

  it('writes JSON with level and explanation', () => {
    const { findings: shown } = JSON.parse(formatFindings(findings, 'json')) as { findings: readonly unknown[] };
    expect(shown[0]).toStrictEqual({
      kind: 'test-attack',
      file: 'packs/a b/ü.conf',
      line: 3,
      column: 7,
      ruleId: 1001,
      message: 'no test',
      level: 'error',
      explanation: 'docs/packs.md#lint-test-attack',
    });
  });

  it('writes SARIF 2.1.0 that its schema accepts', () => {
    const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const ajv = new Ajv({
      strict: false,
      logger: false,
      validateFormats: false,
      unicodeRegExp: false,
      allErrors: true,
    });
    const { $schema: _, id: __, ...body } = schema;
    const isValid = ajv.compile(body);
    for (const some of [findings, []]) {
      const log = JSON.parse(formatFindings(some, 'sarif')) as Record<string, unknown>;
      isValid(log);
      expect(isValid.errors ?? []).toStrictEqual([]);
      expect(isValid({ ...log, runs: 1 })).toBe(false);
    }
    expect(formatFindings(findings, 'sarif')).toContain('"uri": "packs/a%20b/%C3%BC.conf"');
  });
});
