import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { Quarantine } from '../../src/ext-proc/crash-guard.ts';
import { WorkSlot, workSlotBytes } from '../../src/ext-proc/work-slot.ts';
import type { Death } from '../../src/supervise/crash-report.ts';
import { Crashes } from '../../src/supervise/crashes.ts';

function deathBy(input: string): Death {
  const memory = new ArrayBuffer(workSlotBytes);
  const text = ['api', '', 'GET', 'a', '/'].join('\0');
  new WorkSlot(memory).enter({ part: 'request-body', generation: 1, text, message: Buffer.from(input) });
  return { at: new Date(0), process: 0, pid: 1, signal: 'SIGSEGV', slot: new Uint8Array(memory), rules: [] };
}

function crashesWith(isCertain = true) {
  const said: string[] = [];
  const told: Quarantine[] = [];
  const say = (...words: readonly unknown[]): void => void said.push(String(words.at(-1)));
  const crashes = new Crashes({
    limits: { ...limits, crashReportsMax: 2 },
    log: { error: say, warn: say },
    isCertain,
    onQuarantine: (quarantine) => told.push(quarantine),
  });
  return { crashes, said, told };
}

describe('Crashes', () => {
  it('reports, counts, and quarantines what crashed repeatedly until rules are reloaded', () => {
    const { crashes, said, told } = crashesWith();
    for (let crash = 0; crash < limits.quarantineCrashes; crash += 1) crashes.add(deathBy('a'));
    const [input] = crashes.quarantine.inputs;
    expect(told).toStrictEqual([{ inputs: [input], profiles: [] }]);
    expect(said.at(-1)).toBe(
      `input ${input} is in quarantine after 3 crashes: the policy for "quarantine" answers it until rules are reloaded`,
    );
    expect(said.filter((line) => line.startsWith('process 0 crashed with SIGSEGV'))).toHaveLength(3);
    expect(crashes.shown).toMatchObject({
      crashes: [{ quarantined: 'input', input }, {}],
      quarantine: { inputs: [input] },
    });
    expect(crashes.shown.crashes).toHaveLength(2);
    expect(Object.fromEntries(crashes.samples)).toStrictEqual({
      weir_process_crashes_total: [{ labels: {}, value: 3 }],
      weir_quarantined: [
        { labels: { kind: 'input' }, value: 1 },
        { labels: { kind: 'profile' }, value: 0 },
      ],
    });
    crashes.reloaded();
    expect(told.at(-1)).toStrictEqual({ inputs: [], profiles: [] });
    expect(said.at(-1)).toBe('rules were reloaded: the quarantine has ended');
    crashes.reloaded();
    expect(told).toHaveLength(2);
  });

  it('quarantines a profile whose exchanges crash on one input after another', () => {
    const { crashes, said } = crashesWith();
    for (const input of ['a', 'b', 'c']) crashes.add(deathBy(input));
    expect(crashes.quarantine).toStrictEqual({ inputs: [], profiles: ['api'] });
    expect(said.at(-1)).toMatch(/^profile api is in quarantine/);
    expect(crashes.shown.crashes[0]).toMatchObject({ quarantined: 'profile' });
  });

  it('quarantines nothing if another thread may have crashed', () => {
    const { crashes, said, told } = crashesWith(false);
    for (let crash = 0; crash < 4; crash += 1) crashes.add(deathBy('a'));
    expect([told, crashes.quarantine]).toStrictEqual([[], { inputs: [], profiles: [] }]);
    expect(said[0]).toMatch(/or another exchange, in one of its scan threads$/);
  });
});
