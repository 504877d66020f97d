import { describe, expect, it } from 'vitest';
import type { ExplainedMiss, ExplainedRule } from '../../src/explain/explanation.ts';
import { ruleLines } from '../../src/explain/format-rule.ts';

const excerpt = (text: string, length = text.length) => ({ text, offset: 0, length });
const rule: ExplainedRule = {
  ruleId: 9,
  outcome: 'no-match',
  phase: 2,
  file: 'a.conf',
  line: 3,
  links: [],
  missed: {
    line: 4,
    operator: '@gt %{TX.n}',
    argument: '5',
    targets: [
      {
        target: 'ARGS',
        values: [
          {
            variable: 'ARGS:a',
            received: excerpt('X\n', 900),
            steps: [{ transformation: 'lowercase', value: excerpt('x\n') }],
            fate: 'tested',
          },
          { variable: 'ARGS:b', received: excerpt('y'), steps: [], fate: 'removed' },
          { variable: 'ARGS:c', received: excerpt('z'), steps: [], fate: 'excluded' },
        ],
        moreValues: 2,
      },
      { target: 'TX:n', values: [], moreValues: 0 },
    ],
  },
};

describe('ruleLines', () => {
  it('shows each target, value and step of the link that did not match', () => {
    expect(ruleLines(rule, ['    matched link'])).toStrictEqual([
      'rule 9 (phase 2) did not match',
      '    at a.conf:3',
      '    matched link',
      '    did not match: @gt %{TX.n}, which is "5" (line 4)',
      '      ARGS:a',
      '        received     "X\\n" (the beginning of 900 bytes)',
      '        t:lowercase  "x\\n"',
      '      ARGS:b: removed from the rule by ctl:ruleRemoveTarget…',
      '        received  "y"',
      '      ARGS:c: excluded by the rule',
      '        received  "z"',
      '      and 2 more values of ARGS',
      '      TX:n: no value',
    ]);
  });

  it('marks alternate readings', () => {
    const reading: ExplainedMiss = {
      variable: 'ARGS:a',
      isReading: true,
      received: excerpt('x'),
      steps: [],
      fate: 'tested',
    };
    const missed = {
      line: 4,
      operator: '@rx a',
      argument: undefined,
      targets: [{ target: 'ARGS', values: [reading], moreValues: 0 }],
    };
    expect(ruleLines({ ...rule, missed }, [])).toContain('      ARGS:a (alternate reading)');
  });

  it('shows why a rule did not run', () => {
    const first = (outcome: ExplainedRule['outcome'], phase = 2) =>
      ruleLines({ ...rule, outcome, phase, missed: undefined }, [])[0];
    expect(first('removed') ?? '').toMatch(/did not run: ctl:ruleRemove/);
    expect(first('not-reached') ?? '').toMatch(/did not run: its phase had ended/);
    expect(first('folded', 0) ?? '').toMatch(/^rule 9 does not depend on the exchange/);
    expect(first('match')).toBe('rule 9 (phase 2) matched');
  });
});
