// A session reports the input on which a target fails, hangs, or dies.

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runSession, type SessionOutcome } from './session.ts';

const sessionOf = (text: string): Promise<SessionOutcome> =>
  runSession({
    target: 'planted',
    module: './planted-target.ts',
    seed: 1,
    msMax: 1_000,
    runsMax: 10,
    input: Uint8Array.from(Buffer.from(text)),
    wantsCorpus: false,
    shortens: false,
    heapMiBMax: 48,
    ...(text === 'Hang' && { runSecondsMax: 2 }),
  });

describe('runSession', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['a property that does not hold, with the shortest input', 'This', 'T', /^Error: an input begins with T\n/],
    ['a stack without end', 'Stack', 'S', /^RangeError: Maximum call stack/],
    ['an input on which the target hangs', 'Hang', 'Hang', /a run takes longer than 2 seconds/],
    ['an input of which the thread dies', 'Memory', 'Memory', /memory limit/],
  ];
  for (const [title, given, told, error] of cases) {
    it(`reports ${title}`, async () => {
      const { findings } = await sessionOf(given);
      expect(findings.length).toBe(1);
      expect(Buffer.from(findings[0]?.input ?? []).toString()).toBe(told);
      expect(findings[0]?.error ?? '').toMatch(error);
    });
  }

  it('reports nothing for a valid input', async () => {
    const { findings, progress } = await sessionOf('fine');
    expect([findings, progress.runs]).toStrictEqual([[], 1]);
  });
});

describe('the command line', () => {
  const run = (...args: readonly string[]) => {
    const outcome = spawnSync(process.execPath, ['test/fuzz/main.ts', ...args], {
      cwd: new URL('../../', import.meta.url),
      encoding: 'utf8',
    });
    return { status: outcome.status, text: outcome.stdout + outcome.stderr };
  };

  it('names the targets and its options', () => {
    expect(run('--list').text).toMatch(/^form +typescript +bodies of forms\n/);
    expect(run('--help').text).toMatch(/--seconds N +time for each target \(default 60\)/);
  });

  it('reports what is wrong with arguments, with status 2', () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--target', 'nothing'], /^there is no target "nothing"; --list names them/],
      [['--seconds', '1.5'], /^--seconds takes a whole number from 1 to 86400, not "1\.5"/],
      [['--input', 'x'], /^--input needs one --target/],
      [['--input', 'no-such-file', '--target', 'form'], /^no-such-file cannot be read: .*ENOENT/],
      [['--perhaps'], /^Unknown option '--perhaps'/],
    ];
    for (const [args, problem] of cases) {
      const { status, text } = run(...args);
      expect(status, text).toBe(2);
      expect(text).toMatch(problem);
    }
  });

  it('runs a target and ends with a table', () => {
    const { status, text } = run('--target', 'form', '--seconds', '1');
    expect(status, text).toBe(0);
    expect(text).toMatch(
      /^form: bodies of forms, 1 seconds\n(?:.*\n)*\nform .* runs .* features .* inputs kept .* ok\n$/,
    );
  });
});
