import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as surface from '../src/index.ts';
import { createEngine, type Engine, WafError } from '../src/index.ts';

describe('the surface', () => {
  it('is what docs/api.md names, and nothing internal', () => {
    expect(new Set(Object.keys(surface))).toStrictEqual(
      new Set(['WafError', 'createEngine', 'describeDiagnostic', 'guardHttp', 'guardUpgrade', 'limits', 'limitsWith']),
    );
  });
});

describe('createEngine', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-engine-'));
    const file = join(folder, 'rules.conf');
    writeFileSync(file, 'SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"\n');
    engine = await createEngine({ rules: [file] });
  });
  afterAll(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });

  const head = (target: string) => ({
    method: 'GET',
    target,
    protocol: 'HTTP/1.1',
    headers: [],
    remoteAddress: '',
    remotePort: 0,
  });

  it('inspects exchanges with the rules it loaded', () => {
    const inspection = engine.openInspection('one');
    expect(inspection.requestHeaders(head('/?a=evil'), true)).toStrictEqual({
      kind: 'block',
      ruleId: 1,
      status: 418,
      phase: 2,
    });
    expect(inspection.close().matches.length).toBe(1);
  });

  it('refuses to run without rules', async () => {
    for (const rules of [[], undefined as never, 'rules' as never]) {
      await expect(createEngine({ rules })).rejects.toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/at least one/) }),
      );
    }
  });

  it('checks its arguments', () => {
    const inspection = engine.openInspection('one');
    inspection.requestHeaders(head('/'), false);
    expect(() => inspection.requestBody('a=evil' as never)).toThrow(expect.objectContaining({ code: 'api.misuse' }));
    inspection.close();
  });

  it('refuses rules that cannot run, with file and line', async () => {
    const file = join(folder, 'unsupported.conf');
    writeFileSync(file, '\nSecRule ARGS "@rbl example.org" "id:2,phase:2,deny"\n');
    await expect(createEngine({ rules: [file] })).rejects.toThrow(
      expect.toSatisfy((error: unknown) => {
        expect.assert(error instanceof WafError);
        expect(error.code).toBe('plan.invalid');
        expect(error.message).toMatch(/unsupported\.conf:2:1: rule 2 skipped: operator @rbl/);
        return true;
      }),
    );
  });
});
