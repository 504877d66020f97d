import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadRulesForCommand } from '../../src/cli/load-rules.ts';
import { closePlan } from '../../src/plan/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-command-rules-'));
after(() => rmSync(folder, { recursive: true }));

describe('loadRulesForCommand', () => {
  it('warns of what was skipped, under the name of the command', async () => {
    const file = join(folder, 'a.conf');
    writeFileSync(file, 'SecRule ARGS "@rbl x" "id:1,phase:2,deny"\nSecRule ARGS "@rx a" "id:2,phase:2,deny"\n');
    const warnings: string[] = [];
    const printer = { print: () => undefined, warn: (text: string) => warnings.push(text) };
    const plan = await loadRulesForCommand('check', [file], {
      options: { allowUnsupported: true, cache: false },
      printer,
    });
    assert.equal(plan.diagnostics.loadedCount, 1);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^check: .*a\.conf:1:1.*rbl.*\n$/s);
    closePlan(plan);
  });
});
