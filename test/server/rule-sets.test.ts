// Rule sets of profiles: held once, freed with their last user.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf } from '../../src/config/config.ts';
import type { ProfileSettings } from '../../src/config/profiles.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { PlanHandle } from '../../src/plan/plan-handle.ts';
import { amended, RuleSets } from '../../src/server/rule-sets.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-rule-sets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const one = join(folder, 'one.conf');
writeFileSync(
  one,
  `SecRuleEngine On
SecRule &TX:arg_length "@eq 0" "id:1,phase:1,pass,nolog,setvar:tx.arg_length=100"
SecRule ARGS "@gt %{tx.arg_length}" "id:2,phase:1,deny,t:length"
SecRule RESPONSE_BODY "@contains bad" "id:3,phase:4,deny"
`,
);
const two = join(folder, 'two.conf');
writeFileSync(two, 'SecRuleEngine On\nSecRule ARGS "@contains two" "id:4,phase:1,deny"\n');
const log = createLog('silent', { write: () => undefined });

async function load(profiles: Record<string, ProfileSettings>) {
  const sets = new RuleSets();
  const { profiles: all } = configOf({ rules: [one], profiles });
  const loaded = await sets.load(all.values(), 5, {
    packs: {},
    cacheFolder: undefined,
    onFile: undefined,
    log,
    inBackground: false,
  });
  return {
    sets,
    loaded,
    handleOf: (name: string) => loaded.get(name)?.plans as PlanHandle,
    handles: [...loaded.values()].map(({ plans }) => plans),
  };
}

describe('RuleSets', () => {
  it('names the profile whose rules do not load', async () => {
    const open = nativeAddon().openHandles();
    await expect(load({ a: { rules: [two] }, b: { crs: { nope: '1' } }, c: { extends: 'b' } })).rejects.toThrow(
      /^profiles b, c: crs\.nope is set, but/,
    );
    expect(nativeAddon().openHandles()).toStrictEqual(open);
  });

  it('holds equal rules once, however they are run, until nothing uses them', async () => {
    const before = nativeAddon().openHandles();
    const { sets, handleOf, handles } = await load({
      a: { mode: 'detect', limits: { jsonDepthMax: 3 } },
      b: { extends: 'a', responses: { inspect: false } },
      c: { rules: [two] },
      d: { crs: { arg_length: '3' } },
      off: { mode: 'off' },
    });
    expect(sets.openCount).toBe(4);
    expect(handleOf('a').plan.program).toBe(handleOf('default').plan.program);
    expect(handleOf('b').plan.program).toBe(handleOf('default').plan.program);
    expect(handleOf('a').generation).toBe(5);
    const lease = handleOf('a').lease();
    for (const handle of handles) handle.close();
    expect(sets.openCount).toBe(1);
    expect(idsOf(runExchange(lease.plan, { target: `/?a=${'x'.repeat(101)}` }))).toStrictEqual([2]);
    lease.release();
    expect(sets.openCount).toBe(0);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('compiles patterns once where profiles differ in settings and exclusions', async () => {
    const patterns = join(folder, 'patterns.conf');
    const rule = (variable: string, id: number) => `SecRule ${variable} "@rx once+${id}" "id:${id},phase:2,deny"`;
    const length = 'SecRule &TX:arg_length "@eq 0" "id:9,phase:1,pass,nolog,setvar:tx.arg_length=100"';
    const use = 'SecRule ARGS "@gt %{tx.arg_length}" "id:10,phase:2,deny,t:length"';
    writeFileSync(patterns, ['SecRuleEngine On', rule('ARGS', 5), rule('REQUEST_BODY', 6), length, use].join('\n'));
    const at = { path: { prefix: '/search' } };
    const location = { file: 'f', line: 1, column: 1 };
    const exclusion = { ids: ['5'], tags: [], at, owner: 'o', reason: 'r', location };
    const { handleOf, handles } = await load({
      default: { rules: [patterns] },
      settings: { extends: 'default', crs: { arg_length: '3' } },
      excluded: { extends: 'default', exclusions: [exclusion] },
    });
    const cached = (name: string) => handleOf(name).plan.sets.map(({ report }) => report.fromCache);
    expect(cached('default')).not.toContain(true);
    expect(cached('settings')).not.toContain(false);
    // Those of the path are new.
    expect(cached('excluded').filter((isCached) => isCached)).toHaveLength(cached('default').length);
    const ids = (name: string, target: string) => idsOf(runExchange(handleOf(name).plan, { target }));
    expect([ids('default', '/search?q=oncee5'), ids('excluded', '/search?q=oncee5')]).toStrictEqual([[5], []]);
    expect(ids('excluded', '/?q=oncee5')).toStrictEqual([5]);
    for (const handle of handles) handle.close();
  });

  it('runs them with the settings of each profile', async () => {
    const { handleOf, handles } = await load({
      detect: { mode: 'detect' },
      quiet: { responses: { inspect: false } },
      html: { responses: { mediaTypes: ['text/html'] } },
      short: { crs: { arg_length: '3' } },
      off: { mode: 'off' },
    });
    const long = { target: `/?a=${'x'.repeat(101)}` };
    const bad = { response: { headers: { 'content-type': 'text/plain' }, body: 'bad' } };
    expect(runExchange(handleOf('default').plan, long).verdict.kind).toBe('block');
    expect(runExchange(handleOf('detect').plan, long).verdict.kind).not.toBe('block');
    expect(idsOf(runExchange(handleOf('default').plan, bad))).toStrictEqual([3]);
    for (const [name, cause] of [
      ['quiet', 'response-body-access-off'],
      ['html', 'response-media-type'],
    ] as const) {
      const summary = runExchange(handleOf(name).plan, bad);
      expect([idsOf(summary), summary.uninspected.get(cause)]).toStrictEqual([[], 3]);
    }
    expect(idsOf(runExchange(handleOf('default').plan, { target: '/?a=xxxx' }))).toStrictEqual([]);
    expect(idsOf(runExchange(handleOf('short').plan, { target: '/?a=xxxx' }))).toStrictEqual([2]);
    for (const handle of handles) handle.close();
  });

  it('runs them with the settings of packs, where the profile has none', async () => {
    const pack = join(folder, 'wanting');
    mkdirSync(pack);
    writeFileSync(
      join(pack, 'pack.yaml'),
      'name: wanting\nversion: 1.0.0\nfiles: [a.conf]\nprofile: { mode: detect, limits: { jsonDepthMax: 9 } }',
    );
    writeFileSync(join(pack, 'a.conf'), 'SecRule ARGS "@contains bad" "id:1,phase:2,deny"');
    const location = { file: 'f', line: 1, column: 1 };
    const packUses = [{ name: 'wanting', mode: { kind: 'shadow', percent: 50 }, settings: {}, location }] as const;
    const { loaded, handles } = await load({
      default: { rules: [pack] },
      api: { rules: [pack], mode: 'block', limits: { fieldsMax: 5 } },
      canary: { rules: [pack], packUses },
    });
    const verdictOf = (name: string) =>
      runExchange(loaded.get(name)?.plans.plan as Plan, { target: '/?a=bad' }).verdict.kind;
    const depthOf = (name: string) => loaded.get(name)?.profile.limits.jsonDepthMax;
    expect([verdictOf('default'), depthOf('default')]).toStrictEqual(['detect', 9]);
    expect([verdictOf('api'), depthOf('api')]).toStrictEqual(['block', 9]);
    // A pack that only reports sets nothing for others.
    expect([verdictOf('canary'), depthOf('canary')]).toStrictEqual(['allow', configOf({}).limits.jsonDepthMax]);
    expect(loaded.get('default')?.plans.plan.notices).toContain(
      'pack wanting 1.0.0: defaults for the profile: mode detect, limits.jsonDepthMax 9: they apply where the configuration sets nothing',
    );
    expect(loaded.get('canary')?.plans.plan.notices).toContain(
      'pack wanting 1.0.0: defaults for the profile: mode detect, limits.jsonDepthMax 9: left out, because they would affect other rules',
    );
    for (const handle of handles) handle.close();
  });

  it('leaves nothing open when packs contradict the configuration', async () => {
    const before = nativeAddon().openHandles();
    const pack = join(folder, 'slow');
    mkdirSync(pack);
    writeFileSync(
      join(pack, 'pack.yaml'),
      'name: slow\nversion: 1.0.0\nfiles: [a.conf]\nprofile: { limits: { holdMsMax: 6000 } }',
    );
    writeFileSync(join(pack, 'a.conf'), 'SecRule ARGS "@contains bad" "id:1,phase:2,deny"');
    const profiles = { api: { rules: [pack], limits: { exchangeIdleMsMax: 5_500 } } };
    await expect(load(profiles)).rejects.toThrow(/^profile "api", with the defaults of slow 1\.0\.0: .*holdMsMax/);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('counts every byte of a profile that is off as uninspected', async () => {
    const { handleOf, handles } = await load({ off: { mode: 'off' } });
    const summary = runExchange(handleOf('off').plan, { body: 'x'.repeat(1000), response: { body: 'y'.repeat(2000) } });
    expect(summary.verdict.kind).toBe('allow');
    expect(summary.uninspected.get('engine-off')).toBeGreaterThan(3000);
    expect([...summary.uninspected.keys()]).toStrictEqual(['engine-off']);
    for (const handle of handles) handle.close();
  });

  it('leaves nothing open when one set does not load', async () => {
    const before = nativeAddon().openHandles();
    await expect(load({ c: { rules: [join(folder, 'none.conf')] } })).rejects.toThrow(/none.conf/);
    await expect(load({ c: { crs: { arg_name_length: '1' } } })).rejects.toThrow(
      /no rule of this profile reads tx.arg_name_length/,
    );
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});

describe('amended', () => {
  it('changes nothing without settings', () => {
    const files = [{ file: 'a', statements: [] }];
    expect(amended(files, { crs: {}, exclusions: [] })).toBe(files);
  });
});
