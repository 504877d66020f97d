// Which rules of a body phase can start to match without a new hit.

import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

const rule = (condition: string, more = ''): string => `SecRule ${condition} "id:1,phase:2,deny${more}"\n`;

const cases: readonly (readonly [title: string, rules: string, rising: unknown])[] = [
  ['a count of arguments', rule('&ARGS "@gt 2"'), { conditions: 1, isOpen: false }],
  ['a length', rule('REQUEST_BODY_LENGTH "@ge 9"'), { conditions: 1, isOpen: false }],
  [
    'a length beside what the head says',
    `${rule('REQUEST_BODY_LENGTH "@gt 0"', ',chain')}SecRule &REQUEST_HEADERS:Content-Type "@eq 0"\n`,
    { conditions: 2, isOpen: false },
  ],
  [
    'a count beside a hit',
    `${rule('&ARGS "@gt 2"', ',chain')}SecRule ARGS "@contains x"\n`,
    { conditions: 1, isOpen: false },
  ],
  ['a count that an earlier phase bounds', rule('&ARGS "@gt %{tx.most}"'), { conditions: 1, isOpen: false }],
  [
    'a count that this phase bounds',
    `SecAction "id:2,phase:2,pass,setvar:tx.most=%{REMOTE_PORT}"\n${rule('&ARGS "@gt %{tx.most}"')}`,
    { conditions: 0, isOpen: true },
  ],
  ['nothing that may yet change', rule('&ARGS "@eq 2"'), undefined],
  ['nothing of the head', rule('&REQUEST_COOKIES "@gt 2"'), undefined],
  ['nothing that is found', rule('ARGS "@contains x"'), undefined],
];

describe('risingRulesOf', () => {
  for (const [title, rules, expected] of cases) {
    it(`finds ${title}`, async () => {
      const plan = await planOf(rules);
      const [first] = plan.phases[2]?.rising ?? [];
      const seen = first && { conditions: first.conditions.length, isOpen: first.isOpen };
      expect(seen).toStrictEqual(expected);
      closePlan(plan);
    });
  }
});
