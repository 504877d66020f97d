// The files that docs/service.md gives are read by the programs that will read them: systemd, Weir, logrotate.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WeirProcess } from '../../demo/stack/weir-process.ts';
import { createServeCommand, type ServeOptions } from '../../src/cli/serve-options.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configKeys } from '../../src/config/schema.ts';
import { sendAttack } from '../support/attack.ts';
import { until } from '../support/until.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'service.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'weir-service-'));
afterAll(() => rmSync(folder, { recursive: true }));
// logrotate rejects a folder that others may write to.
chmodSync(folder, 0o755);

/** The file of the page that begins with its path. */
function fileOf(path: string): string {
  const blocks = [...page.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text]) => text ?? '');
  const block = blocks.find((text) => text.startsWith(`# ${path}\n`));
  expect.assert(block !== undefined, `the page has no ${path}`);
  return block;
}

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Sends an exchange that is blocked, which writes an audit line. */
async function block({ address }: WeirProcess): Promise<void> {
  expect.assert('socket' in address);
  expect(await sendAttack(address.socket)).toBe('immediateResponse');
}

describe('the unit', () => {
  const unit = fileOf('/etc/systemd/system/weir@.service');

  it.skipIf(!isThere('systemd-analyze') && 'no systemd-analyze')('is accepted by systemd', () => {
    const path = join(folder, 'weir@.service');
    // The reader decides where the program is.
    writeFileSync(path, unit.replace('/opt/weir/bin/weir', '/bin/true'));
    const { stderr } = spawnSync('systemd-analyze', ['verify', path.replace('@', '@1')], { encoding: 'utf8' });
    const complaints = stderr.split('\n').filter((line) => line.includes('weir@'));
    expect(complaints).toStrictEqual([]);
  });

  it('is the file that is shipped', () => {
    const shipped = join(import.meta.dirname, '..', '..', 'deploy', 'systemd', 'weir@.service');
    expect(readFileSync(shipped, 'utf8')).toBe(unit);
  });

  it('starts Weir with options that it has', () => {
    const [, words = ''] = /^ExecStart=\/opt\/weir\/bin\/weir serve (.*)$/m.exec(unit) ?? [];
    const options = createServeCommand().exitOverride().parse(words.split(' '), { from: 'user' }).opts<ServeOptions>();
    expect(options.listen).toStrictEqual(['unix:/run/weir/%i.sock']);
    expect([options.config, options.auditLog]).toStrictEqual(['/etc/weir/weir.yaml', '/var/log/weir/%i.log']);
  });
});

describe('the settings', () => {
  it('are accepted by Weir, commented out or not', () => {
    const text = fileOf('/etc/weir/weir.yaml');
    const path = join(folder, 'weir.yaml');
    writeFileSync(path, text);
    expect(loadConfig(path)).toStrictEqual({ socketMode: 0o660, socketGroup: 'envoy' });
    for (const [, key = ''] of text.matchAll(/^#?(\w+):/gm)) expect(configKeys.includes(key), key).toBe(true);
  });
});

describe.skipIf(!isThere('logrotate') && 'no logrotate')('the rotation', () => {
  it('loses no line, and Weir continues in the new file', async () => {
    const log = join(folder, '1.log');
    const linesOf = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;
    const weir = await WeirProcess.start({ args: ['--audit-log', log] });
    try {
      const configuration = fileOf('/etc/logrotate.d/weir')
        .replace('/var/log/weir', folder)
        .replace(/^ *su weir weir\n/m, '')
        .replace("systemctl kill --signal=USR1 'weir@*.service'", `kill -USR1 ${weir.pid}`);
      const path = join(folder, 'logrotate.conf');
      writeFileSync(path, configuration, { mode: 0o644 });
      await block(weir);
      await until('the line is there', () => linesOf(log) === 1);
      const words = ['--force', '--state', join(folder, 'state'), path];
      const rotated = spawnSync('logrotate', words, { encoding: 'utf8' });
      expect(rotated.status, rotated.stderr).toBe(0);
      await block(weir);
      await until('the next line is in the new file', () => {
        try {
          return linesOf(log) === 1;
        } catch {
          return false;
        }
      });
      expect(linesOf(`${log}.1`)).toBe(1);
    } finally {
      expect(await weir.stop()).toMatch(/status 0/);
    }
  });
});
