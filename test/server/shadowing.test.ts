import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { createShadowing } from '../../src/server/shadowing.ts';
import { createLog } from '../../src/telemetry/log.ts';

describe('createShadowing', () => {
  it('runs nothing by itself', () => {
    const log = createLog('silent', { write: () => undefined });
    const { runs, examples } = createShadowing(
      { limits: limitsWith({}) },
      { log, redactionOf: () => 'redacted', load: () => 0 },
    );
    expect([runs.exchanges, runs.bytes, runs.counts.size, examples()]).toStrictEqual([0, 0, 0, []]);
    runs.close();
  });
});
