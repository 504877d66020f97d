import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { loadPlan, type PlanOptions } from '../../src/compile/compile.ts';
import { starterPack } from '../../src/config/config.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { PatternSet, ScanProgram } from '../../src/matching/pattern-set.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

/** An operator, selector, effect or reading of each kind that a plan can hold. */
const rules = `
SecRuleEngine DetectionOnly
SecAction "id:1,phase:1,pass,nolog,setvar:tx.limit=2,setvar:tx.word=evil,initcol:ip=%{REMOTE_ADDR},expirevar:ip.a=60,deprecatevar:ip.b=1/60"
SecRule ARGS:/^id_/|!ARGS:/_x$/ "@rx attack" "id:2,phase:2,deny,capture,t:lowercase"
SecRule ARGS|!ARGS:free "@pmFromFile words.data" "id:3,phase:2,deny,t:none,multiMatch,t:urlDecodeUni"
SecRule REMOTE_ADDR|ARGS:ip "@ipMatchFromFile nets.data" "id:4,phase:2,deny"
SecRule ARGS:ip "!@ipMatch 10.0.0.0/8,11.0.0.0/8" "id:5,phase:2,deny"
SecRule &ARGS "@gt %{tx.limit}" "id:6,phase:2,deny"
SecRule ARGS:card "@verifyCC \\d{16}" "id:7,phase:2,deny"
SecRule ARGS:card "!@verifyCC \\d{16}" "id:8,phase:2,deny,chain"
  SecRule ARGS:card "@validateByteRange 32-126" "t:none"
SecRule ARGS:q "@detectSQLi" "id:9,phase:2,deny"
SecRule ARGS:w "@contains %{tx.word}" "id:10,phase:2,deny,msg:'found %{MATCHED_VAR}'"
SecRule ARGS:off "@streq 1" "id:11,phase:1,pass,nolog,ctl:ruleRemoveById=2,ctl:ruleRemoveTargetByTag=t/.*;ARGS:/a/,ctl:ruleRemoveByMsg=found"
SecRule ARGS:/a+/ "@rx (?i)\\bsecret\\b" "id:12,phase:2,deny,tag:t/1"
SecRule XML:/* "@rx attack" "id:13,phase:2,deny"
SecRule ARGS "!@rx ^[a-z0-9 '=.-]*$" "id:14,phase:2,deny"
SecRule ARGS "@within a b attack" "id:15,phase:2,deny,t:length,t:none"
`;
const files = { 'rules.conf': rules, 'words.data': 'evil\n', 'nets.data': '192.168.0.0/16 # ours\n' };

const requests = [
  '/',
  '/?id_a=attack',
  '/?id_x=attack',
  '/?a=evil',
  '/?free=evil',
  '/?ip=192.168.1.1',
  '/?ip=10.1.1.1',
  '/?a=1&b=2&c=3',
  '/?card=4111111111111111',
  '/?card=4111111111111112',
  "/?q=1'%20or%201=1%20--",
  '/?w=xevilx',
  '/?off=1&id_a=attack',
  '/?off=1&a=secret',
  '/?a=%c3',
  '/?a=secret',
  '/?card=%01',
];
const verdictsOf = (plan: Plan) => requests.map((target) => idsOf(runExchange(plan, { target })));

/** The plain data of a plan, and where its other parts are. */
function shapeOf(plan: Plan): string {
  return JSON.stringify({ ...plan, diagnostics: { ...plan.diagnostics, loadMs: 0 } }, (_, value: unknown) => {
    if (typeof value === 'function') return 'a function';
    if (value instanceof PatternSet) return { patternCount: value.report.patternCount };
    if (value instanceof ScanProgram) return { patternCount: value.patternCount };
    return value instanceof Map || value instanceof Set ? [...value] : value;
  });
}

const imagesIn = (cache: string): readonly string[] =>
  existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('plan-')) : [];

/** Where a plan of these rules is kept. */
async function kept(test: TestContext, more: Readonly<Record<string, string>> = {}, options: PlanOptions = {}) {
  const folder = ruleFolder(test, { ...files, ...more });
  const cache = join(folder, 'cache');
  const load = async (paths: readonly string[] = [join(folder, 'rules.conf')], changed: PlanOptions = {}) => {
    const plan = await loadPlan(paths, { cacheFolder: cache, ...options, ...changed });
    test.onTestFinished(() => closePlan(plan));
    return plan;
  };
  const plan = await load();
  const [name] = imagesIn(cache);
  const path = join(cache, name as string);
  /** A different inode each time that it is written. */
  const writtenAs = (): number => statSync(path).ino;
  return { folder, cache, path, plan, load, writtenAs };
}

describe('a kept plan', () => {
  it('gives the verdicts of the compiled plan, and is written the same way again', async (test) => {
    const { plan, load, path, writtenAs } = await kept(test);
    const first = writtenAs();
    const restored = await load();
    expect(writtenAs()).toBe(first);
    expect(verdictsOf(restored)).toStrictEqual(verdictsOf(plan));
    expect(new Set(verdictsOf(plan).flat())).toStrictEqual(
      new Set(Array.from({ length: 15 }, (_, index) => index + 1).filter((id) => ![1, 11, 13].includes(id))),
    );
    expect(shapeOf(restored)).toBe(shapeOf(plan));
    expect(readFileSync(path).length).toBeGreaterThan(1000);
  });

  it('opens and frees the same native objects', async (test) => {
    const { load } = await kept(test);
    const before = nativeAddon().openHandles();
    const plan = await loadPlan([join((await kept(test)).folder, 'rules.conf')]);
    const compiled = nativeAddon().openHandles();
    closePlan(plan);
    const restored = await load();
    expect(nativeAddon().openHandles()).toStrictEqual(compiled);
    closePlan(restored);
    expect(nativeAddon().openHandles().patternSets).toBeGreaterThanOrEqual(before.patternSets);
  });

  it.for<[string, (folder: string) => void, string]>([
    [
      'a rule file',
      (folder) => writeFileSync(join(folder, 'rules.conf'), rules.replace('attack', 'other')),
      '/?id_a=other',
    ],
    ['a list of phrases', (folder) => writeFileSync(join(folder, 'words.data'), 'other\n'), '/?a=other'],
    ['a list of networks', (folder) => writeFileSync(join(folder, 'nets.data'), '12.0.0.0/8\n'), '/?ip=12.0.0.1'],
  ])('is not taken up after a change of %s', async ([, change, target], test) => {
    const { folder, plan, load, writtenAs } = await kept(test);
    const first = writtenAs();
    change(folder);
    const changed = await load();
    expect(writtenAs()).not.toBe(first);
    expect(verdictsOf(changed)).not.toStrictEqual(verdictsOf(plan));
    expect(idsOf(runExchange(changed, { target }))).not.toStrictEqual(idsOf(runExchange(plan, { target })));
    const second = writtenAs();
    expect(verdictsOf(await load())).toStrictEqual(verdictsOf(changed));
    expect(writtenAs()).toBe(second);
  });

  it('is a different one for other settings, paths and amendments', async (test) => {
    const { folder, cache, load } = await kept(test, { 'other.conf': 'SecAction "id:99,phase:1,deny"' });
    expect(imagesIn(cache).length).toBe(1);
    await load(undefined, { allowUnsupported: true });
    expect(imagesIn(cache).length).toBe(2);
    const both = await load([join(folder, 'rules.conf'), join(folder, 'other.conf')]);
    expect(imagesIn(cache).length).toBe(3);
    expect(idsOf(runExchange(both, { target: '/' }))).toStrictEqual([99]);
    const amended = (id: number): PlanOptions => ({
      amend: ([first]) => (first === undefined ? [] : [{ ...first, statements: first.statements.slice(2 * id) }]),
      amendedBy: `${id}`,
    });
    expect((await load(undefined, amended(1))).ruleIds.has(1)).toBe(false);
    expect((await load(undefined, amended(0))).ruleIds.has(1)).toBe(true);
    expect((await load(undefined, amended(1))).ruleIds.has(1)).toBe(false);
    expect(imagesIn(cache).length).toBe(5);
  });

  it('is not used if its inputs are not known, in the background, for reports and without a cache', async (test) => {
    for (const options of [{ amend: (all: readonly never[]) => all }, { inBackground: true }, { keepGoing: true }]) {
      const { cache } = await kept(test, {}, options as PlanOptions).catch(() => ({ cache: '' }));
      expect(imagesIn(cache)).toStrictEqual([]);
    }
  });

  it('is compiled again with a notice when it is damaged', async (test) => {
    const { path, plan, load, writtenAs } = await kept(test);
    expect(plan.notices).toStrictEqual([]);
    const whole = readFileSync(path);
    for (const at of [0, 40, whole.length >> 1, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      writeFileSync(path, damaged);
      const first = writtenAs();
      const again = await load();
      expect(again.notices).toStrictEqual([`${path} is not used, the rules are compiled again: it is damaged`]);
      expect(verdictsOf(again)).toStrictEqual(verdictsOf(plan));
      expect(writtenAs()).not.toBe(first);
      expect((await load()).notices).toStrictEqual([]);
    }
  });

  it('is compiled again when a database is missing or damaged', async (test) => {
    const { cache, plan, load, writtenAs } = await kept(test);
    const databases = readdirSync(cache).filter((name) => name.endsWith('.hsdb'));
    expect(databases.length).toBeGreaterThan(1);
    const expected = verdictsOf(plan);
    // While a plan is open, other plans take its databases from memory.
    closePlan(plan);
    for (const [index, name] of databases.entries()) {
      const first = writtenAs();
      const path = join(cache, name);
      const whole = readFileSync(path);
      if (index % 2 === 0) rmSync(path);
      else writeFileSync(path, whole.subarray(0, whole.length - 1));
      const again = await load();
      expect(verdictsOf(again)).toStrictEqual(expected);
      closePlan(again);
      expect(writtenAs()).not.toBe(first);
      expect(readFileSync(path)).toStrictEqual(whole);
    }
  });

  it('is not trusted when others could have written it', async (test) => {
    const { path, cache, load, writtenAs } = await kept(test);
    const first = writtenAs();
    chmodSync(path, 0o666);
    await load();
    expect(writtenAs()).not.toBe(first);
    chmodSync(cache, 0o777);
    const second = writtenAs();
    expect((await load()).notices.join()).toMatch(/others may write to/);
    expect(writtenAs()).toBe(second);
  });

  it('reports the same files', async (test) => {
    const { load } = await kept(test);
    const told: string[][] = [[], []];
    await load(undefined, { onFile: (path) => told[0]?.push(path), cacheFolder: join(ruleFolder(test, {}), 'cache') });
    await load(undefined, { onFile: (path) => told[1]?.push(path) });
    expect(told[1]).toStrictEqual(told[0]);
  });

  it('makes room for others: the least recently used is removed first', async (test) => {
    const { cache, path, load } = await kept(test);
    for (let count = 0; count < constants.keptPlansMax; count += 1) {
      writeFileSync(join(cache, `plan-${count.toString(16).padStart(32, '0')}.image`), '');
    }
    for (const name of imagesIn(cache)) utimesSync(join(cache, name), 2, 2);
    utimesSync(path, 1, 1);
    await load();
    await load(undefined, { allowUnsupported: true });
    expect(existsSync(path)).toBe(true);
    utimesSync(path, 1, 1);
    await load(undefined, { amend: (all) => all, amendedBy: 'nothing' });
    expect(imagesIn(cache).length).toBe(constants.keptPlansMax);
    expect(existsSync(path)).toBe(false);
  });

  // biome-ignore lint/complexity/useLiteralKeys: an index signature is read with brackets
  const crs = resolve(process.env['WEIR_CRS'] ?? resolve(import.meta.dirname, '../../../shared/crs'));

  it.for([['starter pack', starterPack], ...(existsSync(crs) ? [['CRS', crs]] : [])] as const)(
    'is kept of the %s',
    async ([, path], test) => {
      const cache = join(ruleFolder(test, {}), 'cache');
      mkdirSync(cache);
      const shared = resolve(import.meta.dirname, '../../.cache/patterns');
      const plan = await loadPlan([path as string], { cacheFolder: shared });
      const restored = await loadPlan([path as string], { cacheFolder: shared });
      expect(restored.notices).toStrictEqual(plan.notices);
      expect(verdictsOf(restored)).toStrictEqual(verdictsOf(plan));
      expect(shapeOf(restored)).toBe(shapeOf(plan));
      for (const one of [plan, restored]) closePlan(one);
    },
  );
});
