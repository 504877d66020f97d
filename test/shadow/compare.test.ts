import { describe, expect, it } from 'vitest';
import { compareVerdicts } from '../../src/shadow/compare.ts';

const allow = { kind: 'allow' } as const;
const block = { kind: 'block', ruleId: 1, status: 403, phase: 2 } as const;
const detect = { kind: 'detect', ruleId: 1, status: 403, phase: 2 } as const;

describe('compareVerdicts', () => {
  const cases = [
    [allow, allow, true, 'same'],
    [block, block, true, 'same'],
    // What would be blocked if the mode allowed it is not a difference of the rules.
    [block, detect, true, 'same'],
    [detect, block, true, 'same'],
    [block, block, false, 'same'],
    [allow, block, true, 'stricter'],
    [allow, detect, true, 'stricter'],
    [block, allow, true, 'looser'],
    [detect, allow, true, 'looser'],
    [block, allow, false, 'undecided'],
  ] as const;
  for (const [live, candidate, isWhole, outcome] of cases) {
    it(`is ${outcome} for ${live.kind} and ${candidate.kind}, ${isWhole ? 'complete' : 'in part'}`, () =>
      expect(compareVerdicts(live, candidate, isWhole)).toBe(outcome));
  }
});
