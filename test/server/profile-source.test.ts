import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { configOf } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { ProfileSource } from '../../src/server/profile-source.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));
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
    expect([name, limits, failurePolicy]).toStrictEqual(['default', config.limits, config.failurePolicy]);
    expect(idsOf(runExchange(plans.plan, { target: '/?a=one' }))).toStrictEqual([1]);
    source.close();
  });

  it('replaces all of it at once, and frees the rules before', async () => {
    const before = nativeAddon().openHandles();
    write('one');
    const source = await ProfileSource.open(configOf({ rules: [file] }), log);
    write('two');
    await source.replace(configOf({ rules: [file], limits: { jsonDepthMax: 3, memoryBytesMax: 5 } }));
    expect(source.generation).toBe(2);
    expect(source.profile.limits.jsonDepthMax).toBe(3);
    expect(source.profile.limits.memoryBytesMax, 'all exchanges share it').toBe(limitTable.memoryBytesMax.default);
    expect(idsOf(runExchange(source.profile.plans.plan, { target: '/?a=two' }))).toStrictEqual([1]);
    expect(source.profile.plans.openPlans).toBe(1);
    source.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('refuses files without a rule, and stays as it was', async () => {
    const before = nativeAddon().openHandles();
    writeFileSync(file, '# nothing\n');
    await expect(ProfileSource.open(configOf({ rules: [file] }), log)).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
    write('one');
    const source = await ProfileSource.open(configOf({ rules: [file] }), log);
    const { profile } = source;
    writeFileSync(file, '# nothing\n');
    await expect(source.replace(configOf({ rules: [file] }))).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
    expect(source.profile).toBe(profile);
    source.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
