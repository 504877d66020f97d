// What an observer of an inspection sees, and that it changes nothing.

import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { InspectionObserver } from '../../src/transaction/observer.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const rules = `SecRule ARGS "@rx good" "id:1,phase:2,pass,log,setvar:tx.inbound_anomaly_score_pl1=+5"
SecRule ARGS "@rx evil" "id:2,phase:2,deny,log"
SecRule ARGS "@rx good" "id:3,phase:2,pass,nolog,noauditlog"
`;
const body = `a=good&b=${'x'.repeat(70_000)}&c=%65vil`;

describe('an observer', () => {
  it('sees fields, and matches with their scores, once and in order, however the body is cut', async () => {
    const plan = await planOf(rules);
    const seen = [[], [1_000, 20_000, 40_001, 70_010]].map((cuts) => {
      const fields: string[] = [];
      const matches: string[] = [];
      const observer: InspectionObserver = {
        onField: (field, view) => fields.push(`${field.name}=${field.length}/${view().length}`),
        onFact: () => undefined,
        onMatch: ({ rule, links, report }, { inbound }) =>
          matches.push(`${rule.id} ${links[0]?.matches[0]?.name} ${report?.ruleId} ${inbound}`),
      };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const summary = runExchange(plan, { headers, body }, cuts, { observer });
      expect(summary.verdict.kind).toBe('block');
      expect(summary.matches.map(({ ruleId }) => ruleId)).toStrictEqual([1, 2]);
      expect(
        fields.includes('a=4/4') && fields.includes('b=70000/65536') && fields.includes('c=4/4'),
        `${fields}`,
      ).toBe(true);
      return matches;
    });
    expect(seen[0]).toStrictEqual(['1 ARGS:a 1 5', '2 ARGS:c 2 5']);
    expect(seen[1]).toStrictEqual(seen[0]);
    closePlan(plan);
  });

  it('sees bookkeeping rules as such', async () => {
    const plan = await planOf(rules);
    const seen: unknown[] = [];
    const observer: InspectionObserver = {
      onField: () => undefined,
      onFact: () => undefined,
      onMatch: ({ rule, report }) => seen.push([rule.id, report === undefined]),
    };
    runExchange(plan, { target: '/?a=good' }, [], { observer });
    expect(seen).toStrictEqual([
      [1, false],
      [3, true],
    ]);
    closePlan(plan);
  });

  it('sees the facts of decoders', async () => {
    const plan = await planOf(rules);
    const facts = new Map<string, string>();
    const observer: InspectionObserver = {
      onField: () => undefined,
      onFact: (name, value) => facts.set(name, value),
      onMatch: () => undefined,
    };
    const headers = { 'content-type': 'text/xml' };
    runExchange(plan, { headers, body: '<!DOCTYPE a><a>b</a>' }, [], { observer });
    expect(facts.get('BODY_XML_DOCTYPE')).toBe('1');
    closePlan(plan);
  });
});
