import { describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { processLimits } from '../../src/base/process-limits.ts';
import { configOf, defaultScanThreads } from '../../src/config/config.ts';
import { changedFixedSettings } from '../../src/server/fixed-settings.ts';

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
    [{ transport: 'grpc-js' }, 'transport'],
    [{ processes: 2, scanThreads: defaultScanThreads(1) }, 'processes'],
    [{ auditFormat: 'ecs' }, 'auditFormat'],
    [{ auditBenignPercent: 2 }, 'auditBenignPercent'],
    [{ scanThreads: 3 }, 'scanThreads'],
    [{ admin: { listen: '127.0.0.1:1' } }, 'admin'],
    [{ auditLog: '/var/log/weir/audit.log' }, 'auditLog'],
    ...processLimits.map((limit) => [{ limits: { [limit]: limitTable[limit].default - 1 } }, limit] as const),
  ] as const) {
    it(`names ${name}`, () => {
      expect(changedFixedSettings(running, configOf(settings))).toStrictEqual([name]);
    });
  }
});
