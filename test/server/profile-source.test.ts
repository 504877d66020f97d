import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { configOf } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { ProfileSource } from '../../src/server/profile-source.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'a.conf');
const log = createLog('silent', { write: () => undefined });
const write = (word: string): void =>
  writeFileSync(file, `SecRuleEngine On\nSecRule ARGS "@contains ${word}" "id:1,phase:2,deny"\n`);

describe('ProfileSource', () => {
  it('has rules, bounds and policy of its configuration', async () => {
    write('one');
    const config = configOf({ rules: [file], limits: { jsonDepthMax: 3 } });
    const source = await ProfileSource.open(config, log);
    const { name, limits, failurePolicy, plans } = source.profile;
    assert.deepEqual([name, limits, failurePolicy], ['default', config.limits, config.failurePolicy]);
    assert.deepEqual(idsOf(runExchange(plans.plan, { target: '/?a=one' })), [1]);
    source.close();
  });

  it('replaces all of it at once, and frees the rules before', async () => {
    const before = nativeAddon().openHandles();
    write('one');
    const source = await ProfileSource.open(configOf({ rules: [file] }), log);
    write('two');
    await source.replace(configOf({ rules: [file], limits: { jsonDepthMax: 3 } }));
    assert.equal(source.generation, 2);
    assert.equal(source.profile.limits.jsonDepthMax, 3);
    assert.deepEqual(idsOf(runExchange(source.profile.plans.plan, { target: '/?a=two' })), [1]);
    assert.equal(source.profile.plans.openPlans, 1);
    source.close();
    assert.deepEqual(nativeAddon().openHandles(), before);
  });

  it('refuses files without a rule, and stays as it was', async () => {
    writeFileSync(file, '# nothing\n');
    await assert.rejects(ProfileSource.open(configOf({ rules: [file] }), log), { code: 'config.invalid' });
    write('one');
    const source = await ProfileSource.open(configOf({ rules: [file] }), log);
    const { profile } = source;
    writeFileSync(file, '# nothing\n');
    await assert.rejects(source.replace(configOf({ rules: [file] })), { code: 'config.invalid' });
    assert.equal(source.profile, profile);
    source.close();
  });
});
