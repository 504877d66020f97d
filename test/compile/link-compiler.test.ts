import { describe, expect, it } from 'vitest';
import { compileLink } from '../../src/compile/link-compiler.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { expectToBe } from '../support/narrow.ts';
import { draftOf, linkContext } from '../support/registry.ts';

const compile = (text: string, context = linkContext()) => ({
  link: compileLink(draftOf(text, context), context),
  context,
});

describe('draftLink', () => {
  const refusals: (readonly [string, string, RegExp])[] = [
    ['SecRule ARGS "@rbl x" "id:1"', 'seclang.unsupported', /operator @rbl/],
    ['SecRule ARGS "@rx %{TX.a}" "id:1"', 'seclang.unsupported', /operator @rx with a macro/],
    ['SecRule REMOTE_ADDR "@ipMatchFromFile %{ARGS.a}" "id:1"', 'seclang.unsupported', /FromFile with a macro/],
    ['SecRule ARGS|!ARGS "@rx x" "id:1"', 'seclang.syntax', /every target is excluded/],
    ['SecRule ARGS "@rx (" "id:1"', 'seclang.syntax', /./],
    ['SecRule ARGS "@ipMatch x" "id:1"', 'seclang.syntax', /neither an IP address/],
  ];
  const many = (count: number): string => `SecRule ARGS "@rx x" "id:1,${'t:lowercase,'.repeat(count)}pass"`;
  refusals.push([many(65), 'seclang.syntax', /65 transformations, limit 64/]);
  it('takes as many transformations as a chain may have', () =>
    expect(draftOf(many(64), linkContext()).transformations.length).toBe(64));
  for (const [text, code, message] of refusals) {
    it(`refuses ${text.slice(0, 80)}`, () =>
      expect(() => draftOf(text, linkContext())).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      ));
  }

  it('inherits transformations unless the rule says t:none', () => {
    const context = linkContext();
    const id = (name: string) => context.transformationIds.get(name);
    const inherited = ['lowercase'];
    expect(draftOf('SecRule ARGS "@rx x" "id:1,t:length"', context, inherited).transformations).toStrictEqual([
      id('lowercase'),
      id('length'),
    ]);
    expect(draftOf('SecRule ARGS "@rx x" "id:1,t:none,t:length"', context, inherited).transformations).toStrictEqual([
      id('length'),
    ]);
  });
});

describe('compileLink', () => {
  it('has fields scanned for a pattern', () => {
    const { link, context } = compile('SecRule ARGS "@rx x" "id:1"');
    expectToBe(link.operator.kind, 'pattern');
    expect(link.operator.patterns).toStrictEqual([0]);
    expect(context.registry.demands[fieldKind('ARGS_POST')]?.patterns.has(0)).toBeTruthy();
    expect(link.hasComputedTargets).toBeFalsy();
  });

  it('turns a negated pattern into a test for its absence', () => {
    const { link, context } = compile('SecRule ARGS "!@rx x" "id:1"');
    expectToBe(link.operator.kind, 'pattern');
    expect([link.operator.patterns, link.operator.native]).toStrictEqual([[1], [0]]);
    const demand = context.registry.demands[fieldKind('ARGS_GET')];
    expect([[...(demand?.patterns ?? [])], [...(demand?.tests ?? [])]]).toStrictEqual([[0], [1]]);
  });

  it('takes one pattern for each step with multiMatch', () => {
    const { link } = compile('SecRule ARGS "@rx x" "id:1,t:lowercase,t:removeNulls,multiMatch"');
    expectToBe(link.operator.kind, 'pattern');
    expect(link.operator.patterns.length).toBe(3);
  });

  it('tests fields as they pass when the argument is constant', () => {
    const { link, context } = compile('SecRule ARGS "@gt 5" "id:1,t:length"');
    expectToBe(link.operator.kind, 'value');
    expect(link.operator.patterns.length).toBe(1);
    for (const kind of ['ARGS_POST', 'ARGS_GET'] as const) {
      expect(context.registry.demands[fieldKind(kind)]?.tests.size).toBe(1);
    }
    expect(link.hasComputedTargets).toBeFalsy();
  });

  it('stores body fields when the argument is not known yet', () => {
    const lengthOf = (text: string) => compile(text).context.retentions.finish()[fieldKind('ARGS_POST')];
    expect(lengthOf('SecRule ARGS "@gt %{TX.a}" "id:1,t:length"')).toStrictEqual([
      { selector: undefined, keepsValue: false },
    ]);
    expect(lengthOf('SecRule ARGS "@streq %{TX.a}" "id:1"')?.[0]?.keepsValue).toBe(true);
  });

  it('has a computed value scanned for its pattern alone', () => {
    const { link, context } = compile('SecRule TX:a|ARGS "@rx x" "id:1"');
    expectToBe(link.operator.kind, 'pattern');
    expect(link.operator.computed).toStrictEqual([0]);
    expect(context.registry.computed).toStrictEqual([0]);
    expect(link.hasComputedTargets).toBeTruthy();
  });
});
