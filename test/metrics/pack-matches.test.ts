import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/evaluate/rule-match.ts';
import { PackMatches } from '../../src/metrics/pack-matches.ts';
import { modeTag } from '../../src/pack/use-rules.ts';

const taggedBy = (...tags: readonly (string | undefined)[]): RuleMatch =>
  ({ ruleId: 1, tags: tags.map((tag) => tag ?? '') }) as unknown as RuleMatch;
const canary = modeTag('acme.x', { kind: 'detect' });
const shadow = modeTag('other', { kind: 'shadow', percent: 5 });
const packs = [
  { name: 'acme.x', version: '1.0.0', mode: 'detect', share: 100 },
  { name: 'other', version: '2.0.0', mode: 'shadow', share: 5 },
] as const;

describe('PackMatches', () => {
  const countsOf = (labelsMax: number, ...exchanges: readonly (readonly RuleMatch[])[]) => {
    const counted = new PackMatches(labelsMax, (profile, generation) =>
      profile === 'p' && generation === 1 ? packs : [],
    );
    for (const matches of exchanges) counted.add({ matches, profile: 'p', generation: 1 });
    return counted;
  };
  const shown = ({ samples }: PackMatches) =>
    samples.map(({ labels, value }) => [...Object.values(labels), value].join(' '));

  it('counts each pack once for an exchange', () => {
    const counted = countsOf(9, [taggedBy('x', canary), taggedBy(canary), taggedBy(shadow)], [taggedBy(canary)], []);
    expect(shown(counted)).toStrictEqual(['acme.x 1.0.0 2', 'other 2.0.0 1']);
  });

  it('counts no rules that act, and none that only report because they are not stable', () => {
    const tags = [
      'attack',
      'weir/detects-only/sandbox',
      'weir/detects-only/canary/',
      'weir/virtual-patch/acme.x/CVE-1',
    ];
    expect(shown(countsOf(9, [taggedBy(...tags)], [taggedBy(modeTag('acme.x', { kind: 'block' }))]))).toStrictEqual([]);
  });

  it('merges what exceeds its limit, and what ran with replaced rules', () => {
    expect(shown(countsOf(1, [taggedBy(canary)], [taggedBy(shadow)]))).toStrictEqual([
      'acme.x 1.0.0 1',
      'other other 1',
    ]);
    const alike = modeTag('other', { kind: 'detect' });
    const named = countsOf(1);
    for (const generation of [2, 2]) named.add({ matches: [taggedBy(alike)], profile: 'p', generation });
    named.add({ matches: [taggedBy(canary)], profile: 'p', generation: 1 });
    expect(shown(named)).toStrictEqual(['other other 3']);
    const counted = countsOf(9);
    counted.add({ matches: [taggedBy(canary)], profile: 'p', generation: 2 });
    expect(shown(counted)).toStrictEqual(['acme.x other 1']);
  });
});
