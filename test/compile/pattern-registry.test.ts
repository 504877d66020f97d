import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { compileLink } from '../../src/compile/link-compiler.ts';
import type { PatternRegistry } from '../../src/compile/pattern-registry.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { draftOf, linkContext } from '../support/registry.ts';

/** A registry after rules, given without ids. */
function registryOf(...rules: string[]) {
  const context = linkContext();
  for (const [index, rule] of rules.entries())
    compileLink(draftOf(rule.replace('"$', `"id:${index + 1}`), context), context);
  return context.registry;
}

const demandsOf = (registry: PatternRegistry, kind: 'REQUEST_HEADERS' | 'RESPONSE_HEADERS') =>
  runAtOnce(registry.headerDemands(kind, new Pace()));

describe('PatternRegistry', () => {
  it('has a pattern after a chain once', () => {
    const registry = registryOf(
      'SecRule ARGS "@rx x" "$,t:lowercase"',
      'SecRule REQUEST_URI "@rx x" "$,t:lowercase"',
      'SecRule ARGS "@rx x" "$,t:none"',
    );
    expect(registry.patterns.length).toBe(2);
  });

  it('keeps the patterns of a singled-out header away from other headers', () => {
    const registry = registryOf('SecRule REQUEST_HEADERS:Referer "@rx x" "$"', 'SecRule REQUEST_HEADERS "@rx y" "$"');
    expect([...(registry.demands[fieldKind('REQUEST_HEADERS')]?.patterns ?? [])]).toStrictEqual([1]);
    const demands = demandsOf(registry, 'REQUEST_HEADERS');
    expect([...demands.keys()]).toStrictEqual(['referer']);
    expect([...(demands.get('referer')?.patterns ?? [])]).toStrictEqual([0, 1]);
  });

  it('leaves an excluded header unscanned', () => {
    const registry = registryOf('SecRule REQUEST_HEADERS|!REQUEST_HEADERS:Cookie "@rx x" "$"');
    expect(demandsOf(registry, 'REQUEST_HEADERS').get('cookie')?.patterns.size).toBe(0);
    expect(demandsOf(registry, 'RESPONSE_HEADERS').size).toBe(0);
  });

  it('distinguishes tests in TypeScript by operator, argument and chain', () => {
    const registry = registryOf(
      'SecRule ARGS_POST "@gt 5" "$,t:length"',
      'SecRule ARGS_POST "@gt 5" "$,t:length"',
      'SecRule ARGS_POST "@gt 6" "$,t:length"',
      'SecRule ARGS_POST "!@gt 5" "$,t:length"',
    );
    expect(registry.patterns.length).toBe(3);
  });
});
