// The engine bench counts whole exchanges: every phase runs on every case. No times.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../bench/case.ts';
import { cases } from '../../bench/cases/index.ts';

describe('the cases of the engine bench', () => {
  it('each have a response, which is inspected like the request', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
    const rules = join(folder, 'phases.conf');
    const logs = [1, 2, 3, 4, 5].map((phase) => `SecAction "id:${phase},phase:${phase},pass,log"\n`);
    const body = 'SecRule RESPONSE_BODY "@contains </" "id:6,phase:4,pass,log"\n';
    const access =
      'SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/html\n';
    writeFileSync(rules, `${access}${logs.join('')}${body}`);
    const script = join(import.meta.dirname, '../../bench/engines/weir.ts');
    // A case with a body of its own, one without, and one with a long response.
    for (const name of ['get-2-args', 'form-550b', 'response-html-50k']) {
      const output = execFileSync(process.execPath, [script, rules, name, 'attack', '1'], { encoding: 'utf8' });
      expect((JSON.parse(output) as Measurement).ids.toSorted(), name).toStrictEqual([1, 2, 3, 4, 5, 6]);
    }
    rmSync(folder, { recursive: true });
    expect(cases.flatMap(({ benign }) => benign).every(({ response }) => response.status === 200)).toBe(true);
  });
});
