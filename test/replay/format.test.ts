import { expect, it } from 'vitest';
import { formatReplay } from '../../src/replay/format.ts';

const report = {
  total: 2,
  partial: 1,
  verdicts: [
    {
      name: 'a.har#1',
      method: 'GET',
      target: '/\x1b[2J?q=1',
      missing: ['the body of the request'],
      before: { verdict: 'block', ruleIds: [1, 2] },
      after: { verdict: 'allow', ruleIds: [] },
    },
  ],
  matches: [],
} as const;

it('formatReplay writes readable text without control characters', () => {
  expect(formatReplay(report, 'human')).toBe(`verdict changes:
  "a.har#1" "GET /\\x1b[2J?q=1"
    before: block, rules 1 2
    after:  allow
    without the body of the request
2 exchanges: 1 verdicts change, 0 stay the same by other rules
1 of them were not recorded whole: rules that look at what is missing cannot match
`);
  expect(JSON.parse(formatReplay(report, 'json'))).toStrictEqual(report);
});
