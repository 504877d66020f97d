import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { configOf } from '../../src/config/config.ts';
import { changedFixedSettings, fixedLimits } from '../../src/server/fixed-settings.ts';

const src = resolve(import.meta.dirname, '../../src');

/** Sources that run once for a process, not for an exchange. */
function sourcesOfProcess(): readonly string[] {
  const folders = ['admin', 'ext-proc', 'metrics', 'server', 'telemetry'].flatMap((room) =>
    readdirSync(join(src, room)).map((file) => join(src, room, file)),
  );
  const files = folders.filter((path) => path.endsWith('.ts') && !/ext-proc\/service|fixed-settings/.test(path));
  const shared = ['base/held-memory.ts', 'evaluate/persistent-collections.ts', 'transaction/record-sinks.ts'].map(
    (file) => join(src, file),
  );
  return [...files, ...shared].map((path) => readFileSync(path, 'utf8'));
}

describe('fixedLimits', () => {
  it('are the limits that are read by what runs once for a process', () => {
    const sources = sourcesOfProcess();
    const read = Object.keys(limitTable).filter((name) =>
      sources.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
    );
    expect(read.sort((a, b) => a.localeCompare(b))).toStrictEqual([...fixedLimits]);
  });
});

describe('changedFixedSettings', () => {
  const running = configOf({});

  it('names nothing where nothing of them differs', () => {
    const fresh = configOf({
      rules: ['other'],
      engine: 'DetectionOnly',
      limits: { jsonDepthMax: 3 },
      cacheFolder: '/x',
    });
    expect(changedFixedSettings(running, fresh)).toStrictEqual([]);
  });

  for (const [settings, name] of [
    [{ listen: ['127.0.0.1:1'] }, 'listen'],
    [{ admin: { listen: '127.0.0.1:1' } }, 'admin'],
    [{ watch: [] }, 'watch'],
    [{ socket: { mode: 0o660 } }, 'socket'],
    [{ logLevel: 'debug' }, 'logLevel'],
    [{ admin: { listen: '127.0.0.1:1' } }, 'admin'],
    [{ watch: [] }, 'watch'],
    [{ redaction: 'full' }, 'redaction'],
    [{ auditLog: '/var/log/weir/audit.log' }, 'auditLog'],
    ...fixedLimits.map((limit) => [{ limits: { [limit]: limitTable[limit].default - 1 } }, limit] as const),
  ] as const) {
    it(`names ${name}`, () => {
      expect(changedFixedSettings(running, configOf(settings))).toStrictEqual([name]);
    });
  }
});
