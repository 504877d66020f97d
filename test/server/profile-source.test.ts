import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { configOf } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import type { Opening } from '../../src/profile/profile.ts';
import { ProfileSource } from '../../src/server/profile-source.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'a.conf');
const log = createLog('silent', { write: () => undefined });
const write = (word: string): void =>
  writeFileSync(file, `SecRuleEngine On\nSecRule ARGS "@contains ${word}" "id:1,phase:2,deny"\n`);

function ruleFolderOf(name: string, manifest: string): string {
  const pack = join(folder, name);
  mkdirSync(pack);
  writeFileSync(join(pack, 'pack.yaml'), `name: ${name}\nversion: 1.0.0\nfiles: [a.conf]\n${manifest}\n`);
  writeFileSync(join(pack, 'a.conf'), 'SecRule ARGS "@contains one" "id:1,phase:2,deny"\n');
  return pack;
}

describe('ProfileSource', () => {
  it('has the rules, limits and policy of its configuration', async () => {
    write('one');
    const config = configOf({ rules: [file], limits: { jsonDepthMax: 3 } });
    const source = await ProfileSource.open(config, log);
    const { name, limits, failurePolicy, plans } = source.profile;
    expect([name, limits, failurePolicy]).toStrictEqual(['default', config.limits, config.failurePolicy]);
    expect(idsOf(runExchange(plans.plan, { target: '/?a=one' }))).toStrictEqual([1]);
    source.close();
  });

  it('has the settings of a pack for the profile', async () => {
    const pack = ruleFolderOf('wanting', 'profile: { limits: { jsonDepthMax: 4 }, onFailure: { parse: detect } }');
    const source = await ProfileSource.open(configOf({ rules: [pack] }), log);
    const { limits, failurePolicy } = source.profile;
    expect([limits.jsonDepthMax, failurePolicy.actions.parse]).toStrictEqual([4, 'detect']);
    source.close();
  });

  it('reports in which mode each profile runs a pack', async () => {
    const pack = ruleFolderOf('tried', '');
    const location = { file: 'f', line: 1, column: 1 };
    const packUses = [{ name: 'tried', mode: { kind: 'shadow', percent: 12.5 }, settings: {}, location }] as const;
    const profiles = { default: {}, api: { packUses }, off: { mode: 'off' } } as const;
    const source = await ProfileSource.open(configOf({ rules: [pack], profiles }), log);
    const labels = { name: 'tried', version: '1.0.0' };
    expect(source.profilePacks).toStrictEqual([
      { profile: 'default', pack: { ...labels, mode: 'block', share: 100 } },
      { profile: 'api', pack: { ...labels, mode: 'shadow', share: 12.5 } },
    ]);
    source.close();
  });

  it('reports which packs its rules came from, while they are in force', async () => {
    const source = await ProfileSource.open(configOf({}), log);
    const [pack] = source.packs;
    expect(pack).toMatchObject({ name: expect.stringMatching(/starter/), version: expect.stringMatching(/^\d+\./) });
    expect(source.packs).toHaveLength(1);
    expect([source.packsOf('default', 1), source.packsOf('none', 1), source.packsOf('default', 2)]).toStrictEqual([
      [pack],
      [],
      [],
    ]);
    source.close();
  });

  it('replaces everything at once, and frees the previous rules', async () => {
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

  it('rejects files without a rule, and stays unchanged', async () => {
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

  it('replaces profiles and routes at once, and keeps the old ones for old exchanges', async () => {
    const before = nativeAddon().openHandles();
    write('one');
    const opening = (target: string): Opening => ({
      head: { method: 'GET', target, protocol: 'HTTP/1.1', headers: [], remoteAddress: '', remotePort: 0 },
      attributes: {},
      metadata: { get: () => undefined },
    });
    const routes = [{ match: { path: { prefix: '/a' } }, profile: 'a' }];
    const source = await ProfileSource.open(
      configOf({ rules: [file], profiles: { a: { logValues: true } }, routes }),
      log,
    );
    expect(source.select(opening('/a')).name).toBe('a');
    expect([source.redactionOf('a'), source.redactionOf('default'), source.redactionOf('none')]).toStrictEqual([
      'full',
      'redacted',
      'redacted',
    ]);
    const lease = source.select(opening('/a')).plans.lease();
    const wrong = configOf({ rules: [file], profiles: { a: { rules: [join(folder, 'none')] } } });
    await expect(source.replace(wrong)).rejects.toThrow(/none/);
    expect([source.generation, source.select(opening('/a')).name, source.openPlans]).toStrictEqual([1, 'a', 1]);
    write('two');
    await source.replace(configOf({ rules: [file], profiles: { b: { mode: 'detect' } } }));
    expect([source.generation, source.select(opening('/a')).name, source.openPlans]).toStrictEqual([2, 'default', 2]);
    expect(idsOf(runExchange(lease.plan, { target: '/?a=one' }))).toStrictEqual([1]);
    expect(lease.generation).toBe(1);
    lease.release();
    expect(source.openPlans).toBe(1);
    source.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('reports exclusions that expire', async () => {
    const said: string[] = [];
    const exclusion = {
      ids: ['1'],
      tags: [],
      at: { methods: ['GET'] },
      owner: 'a',
      reason: 'b',
      expires: '2020-01-01',
    };
    const location = { file: 'weir.yaml', line: 1, column: 1 };
    const config = configOf({ rules: [file], exclusions: [{ ...exclusion, location }] });
    const source = await ProfileSource.open(
      config,
      createLog('warn', { write: (line) => void said.push(String(line)) }),
    );
    expect(said.filter((line) => line.includes('the exclusion of a ended after 2020-01-01: b'))).toHaveLength(1);
    source.close();
  });
});
