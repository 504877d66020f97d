import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEngine, type Engine, WafError } from '../src/index.ts';

describe('createEngine', () => {
  let folder: string;
  let engine: Engine;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-engine-'));
    const file = join(folder, 'rules.conf');
    writeFileSync(file, 'SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"\n');
    engine = await createEngine({ rules: [file] });
  });
  after(() => {
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
    assert.deepEqual(inspection.requestHeaders(head('/?a=evil'), true), {
      kind: 'block',
      ruleId: 1,
      status: 418,
      phase: 2,
    });
    assert.equal(inspection.close().matches.length, 1);
  });

  it('refuses to run without rules', async () => {
    for (const rules of [[], undefined as never, 'rules' as never]) {
      await assert.rejects(createEngine({ rules }), { code: 'config.invalid', message: /at least one/ });
    }
  });

  it('checks what it is given', () => {
    const inspection = engine.openInspection('one');
    inspection.requestHeaders(head('/'), false);
    assert.throws(() => inspection.requestBody('a=evil' as never), { code: 'api.misuse' });
    inspection.close();
  });

  it('refuses rules that cannot run, with file and line', async () => {
    const file = join(folder, 'unsupported.conf');
    writeFileSync(file, '\nSecRule ARGS "@rbl example.org" "id:2,phase:2,deny"\n');
    await assert.rejects(createEngine({ rules: [file] }), (error: unknown) => {
      assert.ok(error instanceof WafError);
      assert.equal(error.code, 'plan.invalid');
      assert.match(error.message, /unsupported\.conf:2:1: rule 2 skipped: operator @rbl/);
      return true;
    });
  });
});
