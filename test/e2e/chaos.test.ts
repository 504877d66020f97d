// `npm run chaos` and `npm run soak`, on a small scale: the same faults with fewer exchanges, and without timing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults, runFault } from '../../bench/chaos/faults.ts';
import { rows } from '../../bench/chaos/rows.ts';
import { soak } from '../../bench/chaos/soak.ts';
import { repository } from '../house/source.ts';

describe('chaos', () => {
  it.each(
    faults.filter(({ name }) =>
      ['kill', 'stop', 'lost-cache', 'half-open', 'native-crash', 'no-descriptors'].includes(name),
    ),
  )('holds: $name', async (fault) => {
    const { skipped, problems } = await runFault(fault, 20, { timed: false });
    expect([skipped, problems]).toStrictEqual([undefined, []]);
  });
});

describe('the rows', () => {
  it('name existing faults and tests, and mark what nothing shows', () => {
    const names = new Set(faults.map(({ name }) => name));
    for (const { id, chaos = [], tests = [], open } of rows) {
      expect(
        chaos.filter((name) => !names.has(name)),
        id,
      ).toStrictEqual([]);
      expect(
        tests.filter((path) => !existsSync(join(repository, path))),
        id,
      ).toStrictEqual([]);
      expect(chaos.length + tests.length > 0 || open !== undefined, `${id}: shown by nothing`).toBe(true);
    }
    const ids = (letter: string, last: number): readonly string[] =>
      Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
    const all = [...ids('F', 15), ...ids('P', 5), ...ids('R', 7), ...ids('C', 3)];
    expect(rows.map(({ id }) => id)).toStrictEqual(all);
    expect(new Set(rows.flatMap(({ chaos = [] }) => chaos))).toStrictEqual(names);
  });
});

describe('soak', () => {
  it('ends with a verdict', async () => {
    const { outcomes, samples, reloads, problems } = await soak({
      minutes: 0.03,
      measures: 4,
      onSample: () => undefined,
    });
    expect(problems).toStrictEqual([]);
    expect([samples.length, reloads]).toStrictEqual([4, 4]);
    expect(outcomes.answered > 0 && outcomes.blocked > 0).toBe(true);
  });
});
