// A small version of bench/load/reload.ts: rules replaced under clients, through the real Envoy.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureReloads } from '../../bench/load/reload.ts';
import { starterPack } from '../../src/config/config.ts';

describe('reloads under load', () => {
  it('lose no exchange, and judge none by half of two rule sets', async () => {
    const { reloads, answers, wrong } = await measureReloads({ reloads: 5, clients: 4, rules: [starterPack] });
    assert.deepEqual(wrong, []);
    assert.equal(reloads, 5);
    assert.ok(answers > 300);
  });
});
