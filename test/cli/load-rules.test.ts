import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRulesForCommand } from '../../src/cli/load-rules.ts';
import { closePlan } from '../../src/plan/close-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-command-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('loadRulesForCommand', () => {
  it('warns about skipped rules, under the name of the command', async () => {
    const file = join(folder, 'a.conf');
    writeFileSync(file, 'SecRule ARGS "@rbl x" "id:1,phase:2,deny"\nSecRule ARGS "@rx a" "id:2,phase:2,deny"\n');
    const warnings: string[] = [];
    const printer = { print: () => undefined, warn: (text: string) => warnings.push(text) };
    const plan = await loadRulesForCommand('check', [file], {
      options: { allowUnsupported: true, cache: false },
      printer,
    });
    expect(plan.diagnostics.loadedCount).toBe(1);
    expect(warnings.length).toBe(1);
    expect(warnings[0] ?? '').toMatch(/^check: .*a\.conf:1:1.*rbl.*\n$/s);
    closePlan(plan);
  });
});
