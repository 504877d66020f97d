// A small version of bench/load/reload.ts: rules replaced under clients, through the real Envoy.

import { describe, expect, it } from 'vitest';
import { measureReloads } from '../../bench/load/reload.ts';
import { starterPack } from '../../src/config/config.ts';

describe('reloads under load', () => {
  it('lose no exchange, and inspect none with parts of two rule sets', async () => {
    const { reloads, answers, wrong } = await measureReloads({
      reloads: 5,
      clients: 4,
      rules: [starterPack],
      restMs: 0,
    });
    expect(wrong).toStrictEqual([]);
    expect(reloads).toBe(5);
    expect(answers).toBeGreaterThan(300);
  });
});
