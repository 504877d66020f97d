import { describe, expect, it } from 'vitest';
import { macrosOf, readsOf } from '../../../src/evaluate/repeat/phase-reads.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import { fieldKinds } from '../../../src/plan/field-kind.ts';
import type { PhasePlan } from '../../../src/plan/plan.ts';
import { planOf } from '../../support/exchange.ts';

/** The values that one rule of phase 1 reads. */
async function read(rule: string): Promise<readonly string[] | undefined> {
  // No TX variable is constant at load time.
  const plan = await planOf(`SecRule ARGS "@rx ." "id:2,phase:1,pass,setvar:tx.a=1,setvar:tx.b=1"\n${rule}`);
  try {
    const phase = plan.phases[1] as PhasePlan;
    const reads = readsOf(phase, [1 << 1]);
    return (
      reads && [
        ...reads.txNames.map((name) => `tx ${name}`),
        ...reads.txFilters.map(({ label }) => `tx ${label}`),
        ...reads.singles.map(({ target }) => target.variable),
        ...reads.counts.map(({ target }) => `&${target.variable}`),
        ...reads.kinds.map((kind) => `text of ${fieldKinds[kind]}`),
        ...Array.from(reads.captures.values(), ({ variable }) => `groups in ${variable}`),
      ]
    );
  } finally {
    closePlan(plan);
  }
}

describe('readsOf', () => {
  const cases: readonly (readonly [rule: string, reads: readonly string[] | undefined])[] = [
    ['SecRule TX:a "@eq %{tx.b}" "id:1,phase:1,pass,setvar:tx.c=%{tx.d}"', ['tx b', 'tx d', 'tx a']],
    ['SecRule &TX:a|REMOTE_ADDR "@eq 1" "id:1,phase:1,pass,setvar:tx.c=+1"', ['tx c', 'tx a', 'REMOTE_ADDR']],
    ['SecRule TX:/^a/ "@eq 1" "id:1,phase:1,pass"', ['tx /^a/']],
    ['SecRule &ARGS:a "@eq 1" "id:1,phase:1,pass"', ['&ARGS']],
    ['SecRule ARGS "@rx a" "id:1,phase:1,pass"', []],
    ['SecRule ARGS "@rx (a)" "id:1,phase:1,pass,capture"', ['groups in ARGS']],
    ['SecRule ARGS "!@rx (a)" "id:1,phase:1,pass,capture"', []],
    ['SecRule ARGS "@rx ^.*$" "id:1,phase:1,pass,capture"', []],
    ['SecRule ARGS "@pm a b" "id:1,phase:1,pass,capture"', []],
    ['SecRule ARGS "@rx (a)" "id:1,phase:1,pass,capture,multiMatch,t:lowercase"', []],
    ['SecRule REQUEST_METHOD "@within %{tx.a}" "id:1,phase:1,pass"', ['tx a', 'text of REQUEST_METHOD']],
    ['SecRule ARGS "@within %{tx.a}" "id:1,phase:1,pass"', undefined],
    ['SecRule TX:a "@streq %{REMOTE_ADDR}" "id:1,phase:1,pass"', undefined],
    ['SecRule TX:a "@eq 1" "id:1,phase:1,pass,chain"\nSecRule MATCHED_VAR "@eq 1" ""', undefined],
    ['SecRule TIME_HOUR "@ge 8" "id:1,phase:1,pass"', undefined],
    ['SecRule IP:a "@ge 8" "id:1,phase:1,pass"', undefined],
    ['SecRule TX "@ge 8" "id:1,phase:1,pass"', undefined],
  ];
  for (const [rule, reads] of cases) {
    it(`lists what is read by ${rule.replace('\n', ' ')}`, async () => {
      expect(await read(rule)).toStrictEqual(reads);
    });
  }
});

describe('macrosOf', () => {
  it('contains what an assignment expands, and the name whose value is incremented', () => {
    const macro = (name: string) => ({ parts: [name], constant: name });
    const effect = { kind: 'setvar', collection: 'TX', name: macro('a'), value: macro('1') } as const;
    expect(macrosOf({ ...effect, change: 'set' })).toHaveLength(2);
    expect(macrosOf({ ...effect, change: 'add' }).at(-1)?.parts).toStrictEqual([{ variable: 'TX', key: 'a' }]);
    expect(macrosOf({ kind: 'control', name: 'ruleEngine', value: 'Off' })).toStrictEqual([]);
  });
});
