import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { compileLink } from '../../src/plan/link-compiler.ts';
import { draftOf, linkContext } from '../support/registry.ts';

const compile = (text: string, context = linkContext()) => ({
  link: compileLink(draftOf(text, context), context),
  context,
});

describe('draftLink', () => {
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['SecRule ARGS "@rbl x" "id:1"', 'seclang.unsupported', /operator @rbl/],
    ['SecRule ARGS "@rx %{TX.a}" "id:1"', 'seclang.unsupported', /operator @rx with a macro/],
    ['SecRule REMOTE_ADDR "@ipMatchFromFile %{ARGS.a}" "id:1"', 'seclang.unsupported', /FromFile with a macro/],
    ['SecRule &ARGS "@streq x" "id:1"', 'seclang.unsupported', /@streq on a count/],
    ['SecRule ARGS|!ARGS "@rx x" "id:1"', 'seclang.syntax', /every target is excluded/],
    ['SecRule ARGS "@rx (" "id:1"', 'seclang.syntax', /./],
    ['SecRule ARGS "@ipMatch x" "id:1"', 'seclang.syntax', /neither an IP address/],
  ];
  for (const [text, code, message] of refusals) {
    it(`refuses ${text}`, () => assert.throws(() => draftOf(text, linkContext()), { code, message }));
  }

  it('inherits transformations unless the rule says t:none', () => {
    const context = linkContext();
    const id = (name: string) => context.transformationIds.get(name);
    const inherited = ['lowercase'];
    assert.deepEqual(draftOf('SecRule ARGS "@rx x" "id:1,t:length"', context, inherited).transformations, [
      id('lowercase'),
      id('length'),
    ]);
    assert.deepEqual(draftOf('SecRule ARGS "@rx x" "id:1,t:none,t:length"', context, inherited).transformations, [
      id('length'),
    ]);
  });
});

describe('compileLink', () => {
  it('has fields scanned for a pattern', () => {
    const { link, context } = compile('SecRule ARGS "@rx x" "id:1"');
    assert.ok(link.operator.kind === 'pattern');
    assert.deepEqual(link.operator.patterns, [0]);
    assert.ok(context.registry.demands[fieldKind('ARGS_POST')]?.patterns.has(0));
    assert.ok(!link.hasComputedTargets);
  });

  it('turns a negated pattern into a test for its absence', () => {
    const { link, context } = compile('SecRule ARGS "!@rx x" "id:1"');
    assert.ok(link.operator.kind === 'pattern');
    assert.deepEqual([link.operator.patterns, link.operator.native], [[1], [0]]);
    const demand = context.registry.demands[fieldKind('ARGS_GET')];
    assert.deepEqual([[...(demand?.patterns ?? [])], [...(demand?.tests ?? [])]], [[0], [1]]);
  });

  it('takes one pattern for each step with multiMatch', () => {
    const { link } = compile('SecRule ARGS "@rx x" "id:1,t:lowercase,t:removeNulls,multiMatch"');
    assert.ok(link.operator.kind === 'pattern');
    assert.equal(link.operator.patterns.length, 3);
  });

  it('tests fields as they pass when the argument is constant', () => {
    const { link, context } = compile('SecRule ARGS "@gt 5" "id:1,t:length"');
    assert.ok(link.operator.kind === 'value');
    assert.equal(link.operator.patterns.length, 1);
    for (const kind of ['ARGS_POST', 'ARGS_GET'] as const) {
      assert.equal(context.registry.demands[fieldKind(kind)]?.tests.size, 1);
    }
    assert.ok(!link.hasComputedTargets);
  });

  it('has body fields remembered when the argument is not yet known', () => {
    const lengthOf = (text: string) => compile(text).context.retentions.finish()[fieldKind('ARGS_POST')];
    assert.deepEqual(lengthOf('SecRule ARGS "@gt %{TX.a}" "id:1,t:length"'), [
      { selector: undefined, keepsValue: false },
    ]);
    assert.equal(lengthOf('SecRule ARGS "@streq %{TX.a}" "id:1"')?.[0]?.keepsValue, true);
  });

  it('has a computed value scanned for its pattern alone', () => {
    const { link, context } = compile('SecRule TX:a|ARGS "@rx x" "id:1"');
    assert.ok(link.operator.kind === 'pattern');
    assert.deepEqual(link.operator.computed, [0]);
    assert.deepEqual(context.registry.computed, [0]);
    assert.ok(link.hasComputedTargets);
  });
});
