import { describe, expect, it } from 'vitest';
import { CrashHistory } from '../../src/supervise/crash-history.ts';

const limits = { quarantineCrashes: 3, quarantineWindowMs: 60_000, quarantinedMax: 2 };
const none = { inputs: [], profiles: [] };

/** Crashes as `MS INPUT PROFILE`; `-` for what is not known. */
function historyOf(...crashes: readonly string[]) {
  const history = new CrashHistory(limits);
  const answers = crashes.map((crash) => {
    const [ms, input, profile] = crash.split(' ').map((word) => (word === '-' ? undefined : word));
    return history.add({ ms: Number(ms), input, profile });
  });
  return { history, answers, quarantine: history.quarantine };
}

describe('CrashHistory', () => {
  it.each([
    ['the third crash by an input', ['0 a p', '1 a p', '59999 a p'], { inputs: ['a'], profiles: [] }],
    ['three that are further apart', ['0 a p', '1 a p', '60000 a p'], none],
    ['three inputs of a profile', ['0 a p', '1 b p', '2 c p'], { inputs: [], profiles: ['p'] }],
    ['parts without an input', ['0 - p', '1 - p', '2 - p'], { inputs: [], profiles: ['p'] }],
    ['inputs of several profiles', ['0 a p', '1 b q', '2 c r'], none],
    ['the same input under several profiles', ['0 a p', '1 a q', '2 a r'], { inputs: ['a'], profiles: [] }],
    ['crashes of nothing', ['0 - -', '1 - -', '2 - -'], none],
    ['an input, then others', ['0 a p', '1 a p', '2 a p', '3 b p', '4 c p'], { inputs: ['a'], profiles: [] }],
    [
      'more inputs than are kept',
      ['a', 'b', 'c'].flatMap((input) => [0, 0, 0].map(() => `0 ${input} ${input}`)),
      { inputs: ['b', 'c'], profiles: [] },
    ],
  ])('%s', (_, crashes, quarantine) => {
    expect(historyOf(...crashes).quarantine).toStrictEqual(quarantine);
  });

  it('reports what the last crash put into quarantine, and drops everything when it is cleared', () => {
    const { history, answers } = historyOf('0 a p', '1 a p', '2 a p', '3 b p', '4 c p', '5 d p');
    expect(answers).toStrictEqual([undefined, undefined, 'inputs', undefined, undefined, 'profiles']);
    history.clear();
    expect(history.quarantine).toStrictEqual(none);
    expect(history.add({ ms: 6, input: 'a', profile: 'p' })).toBe(undefined);
  });
});
