import { describe, expect, it } from 'vitest';
import { type OverloadPhase, overloadProblems } from '../../bench/load/overload.ts';

const phase: OverloadPhase = {
  clients: 8,
  seconds: 1,
  admitted: 100,
  refused: 0,
  wrong: [],
  p99Ms: 100,
  residentBytes: 200,
};
const beyond: OverloadPhase = { ...phase, clients: 32, refused: 50 };
const good = { atCapacity: phase, beyond, uninspectedBytes: 0 };

describe('overloadProblems', () => {
  it.for([
    [good, []],
    [{ ...good, beyond: { ...beyond, p99Ms: 301 } }, ['p99 is 3.01 times that at capacity, must 3']],
    [{ ...good, beyond: { ...beyond, residentBytes: 300 } }, ['memory is 1.50 times that at capacity, must 1.25']],
    [{ ...good, beyond: { ...beyond, refused: 0 } }, ['nobody was refused']],
    [{ ...good, beyond: { ...beyond, wrong: ['an attack: 200'] } }, ['an attack: 200']],
    [{ ...good, uninspectedBytes: 7 }, ['7 bytes passed uninspected']],
  ] as const)('names what does not hold: %j', ([result, problems]) => {
    expect(overloadProblems(result)).toStrictEqual(problems);
  });
});
