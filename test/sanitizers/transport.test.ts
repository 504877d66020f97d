// The protocol tests of the native transport, over real sockets and TLS, on a Node that loads it built with AddressSanitizer and
// UndefinedBehaviorSanitizer. Node's own memory is not checked, nor its leaks at exit.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSanitizedAddon } from '../native/programs.mjs';

const files = ['transport', 'native-transport', 'native-addon', 'tls', 'resets', 'framing-guard', 'empty-streams'];

describe('the native transport', () => {
  it('passes its tests without a sanitizer report', async () => {
    const runtime = await buildSanitizedAddon(dirname(dirname(process.execPath)));
    const reports = mkdtempSync(join(tmpdir(), 'weir-sanitizers-'));
    try {
      const vitest = join('node_modules', 'vitest', 'vitest.mjs');
      const preload = join(import.meta.dirname, 'load-sanitized.mjs');
      const wanted = [
        '-t',
        'native|addon|floods|the deadline',
        ...files.map((name) => `test/ext-proc/${name}.test.ts`),
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', '--maxWorkers=2', ...wanted], {
        encoding: 'utf8',
        env: {
          ...process.env,
          LD_PRELOAD: runtime,
          NODE_OPTIONS: `--import=${preload}`,
          ASAN_OPTIONS: `detect_leaks=0:handle_segv=0:log_path=${join(reports, 'address')}`,
          UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:log_path=${join(reports, 'undefined')}`,
        },
      });
      const found = readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'));
      expect(found).toStrictEqual([]);
      expect(status, `${stdout}${stderr}`).toBe(0);
      expect(Number(/^(\d+) passed, 0 failed/m.exec(stdout)?.[1]), stdout).toBeGreaterThan(30);
    } finally {
      rmSync(reports, { recursive: true });
    }
  });
});
