import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { isCve, isScopePath, patchTag, readPatch, scopeRule } from '../../src/pack/patch-scope.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { readYaml } from '../../src/yaml/read-yaml.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { idsOf, runExchange } from '../support/exchange.ts';
import { packFiles } from './pack-files.ts';

const patch = { cve: 'CVE-2026-12345', product: 'Shop before 3', paths: ['/api/coupons', '/old.php/'] };

describe('readPatch', () => {
  const read = (text: string) => {
    const { root, problems } = readYaml(text, { file: 'p', aliases: false });
    const found = readPatch(root);
    problems.throwIfAny();
    return found;
  };

  it('reads all of it', () => expect(read(JSON.stringify(patch))).toStrictEqual(patch));

  for (const [what, text, message] of [
    ['half a patch', '{ cve: CVE-2026-0001 }', /must have "product"\n.*must have "paths"/],
    ['another name', '{ cve: 2026-0001, product: a, paths: [/] }', /^p:1:8: "2026-0001" is not CVE-YYYY-NNNN/],
    ['no path', '{ cve: CVE-2026-0001, product: a, paths: [] }', /paths must be a list with at least one entry/],
    ['a key that there is not', '{ cve: CVE-2026-0001, product: a, path: [/] }', /did you mean paths\?/],
  ] as const) {
    it(`refuses ${what}`, () => expect(() => read(text)).toThrow(message));
  }
});

describe('a path of a scope', () => {
  for (const path of ['/', '/a', '/a/b.php', '/a-b_c~d/', '/gr\u00fcn', '/.well-known']) {
    it(`may be ${path}`, () => expect(isScopePath(path)).toBe(true));
  }
  for (const path of [
    '',
    'a',
    '//a',
    '/a//b',
    '/../a',
    '/a/.',
    '/a%20b',
    '/a;b',
    '/a?b',
    '/a b',
    '/a\\b',
    '/a"b',
    '/a\nb',
  ]) {
    it(`is not ${JSON.stringify(path)}`, () => expect(isScopePath(path)).toBe(false));
  }
});

it('knows names of the CVE list', () => {
  expect(['CVE-2026-0001', 'CVE-1999-1234567', 'cve-2026-0001', 'CVE-26-1', 'CVE-2026-1'].map(isCve)).toStrictEqual([
    ...[true, true],
    ...[false, false, false],
  ]);
});

describe('scopeRule', () => {
  it('selects the rules of the patch by their tag, which no others have', () => {
    const rule = scopeRule(7, { name: 'a.b', patch, location: { file: 'x', line: 1, column: 1 } });
    expect(JSON.stringify(rule)).toContain('ruleRemoveByTag=^weir/virtual-patch/a[.]b/CVE-2026-12345$');
    expect(patchTag('a.b', patch)).toBe('weir/virtual-patch/a.b/CVE-2026-12345');
  });
});

describe('rules of a virtual patch', () => {
  const manifest = `kind: virtual-patch\nnotAfter: 2999-01-01\npatch: ${JSON.stringify(patch)}`;
  const rules = `SecRule ARGS "@contains attack" "id:1,phase:1,deny,t:none"
SecRule REQUEST_BODY "@contains attack" "id:2,phase:2,deny,t:none"
SecRule RESPONSE_BODY "@contains leak" "id:3,phase:4,deny,t:none"
`;
  const cases: readonly (readonly [target: string, isThere: boolean, headers?: Readonly<Record<string, string>>])[] = [
    ['/api/coupons', true],
    ['/api/coupons/', true],
    ['/api/coupons/7/x', true],
    ['/API/Coupons', true],
    ['/old.php', true],
    ['/old.php/info', true],
    ['/api/coupons.json', true],
    ['/api/coupons.', true],
    ['/api/coupons%20', true],
    ['/api/coupons::$DATA', true],
    ['/api/coupons%3Fx', true],
    ['/api/coupons%23x', true],
    ['/api/coup%09ons', true],
    ['http://example.test/api/coupons', true],
    ['/api/coupons-old', false],
    ['http://example.test/api', false],
    ['/', false],
    ['/api', false],
    ['/api/couponsx', false],
    ['/oldxphp', false],
    ['/x/api/coupons', false],
    // Spellings that some services treat as the same path.
    ['//api/coupons', true],
    ['/x/../api/coupons', true],
    ['/api/%63oupons', true],
    ['/api/%2563oupons', true],
    ['/api;x/coupons', true],
    ['/api%5ccoupons', true],
    ['/elsewhere', true, { 'x-original-url': '/api/coupons' }],
  ];
  for (const [target, isThere, headers = {}] of cases) {
    it(`${isThere ? 'run' : 'do not run'} for ${target} ${JSON.stringify(headers)}`, async (test) => {
      const plan = await loadPlan([ruleFolder(test, packFiles({ manifest, 'rules.conf': rules }))]);
      test.onTestFinished(() => closePlan(plan));
      const inQuery = runExchange(plan, { target: `${target}?q=attack`, headers });
      const inBody = runExchange(plan, {
        target,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: 'q=attack',
      });
      const inResponse = runExchange(plan, { target, headers, response: { body: 'a leak' } });
      expect([inQuery, inBody, inResponse].map(idsOf)).toStrictEqual(isThere ? [[1], [2], [3]] : [[], [], []]);
    });
  }

  for (const directive of [
    'SecRuleEngine Off',
    'SecRuleRemoveById 5',
    'SecRuleUpdateTargetByTag x !ARGS:y',
    'SecRequestBodyAccess Off',
  ]) {
    it(`must not contain ${directive}, which would apply everywhere`, async (test) => {
      const folder = ruleFolder(test, packFiles({ manifest, 'rules.conf': `${rules}${directive}\n` }));
      await expect(loadPlan([folder])).rejects.toThrow(
        /rules\.conf:4:1: a virtual patch contains rules only: Sec\w+ would apply/,
      );
    });
  }

  it('carry its tag', async (test) => {
    const plan = await loadPlan([ruleFolder(test, packFiles({ manifest, 'rules.conf': rules }))]);
    test.onTestFinished(() => closePlan(plan));
    const { matches } = runExchange(plan, { target: '/api/coupons?q=attack' });
    expect(matches[0]?.tags).toStrictEqual([patchTag('acme', patch)]);
  });
});
