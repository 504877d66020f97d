// The commit subjects, as a reader of the history sees them.

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { repository } from './source.ts';

const commitsMax = 200;
const subjectLengthMax = 140;

/** The subjects of the last commits, newest first; none if there is no history, as in a package or an archive. */
function subjects(): readonly string[] {
  try {
    const log = execFileSync('git', ['log', '--no-merges', '--format=%s', `-n${commitsMax}`], {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return log.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** What is wrong with a subject, or undefined. */
function problemOf(subject: string): string | undefined {
  const [verb = ''] = subject.split(' ');
  if (!/^[A-Z][a-z]+,?$/.test(verb)) return 'does not begin with a verb';
  if (/(?:ed|[^r]ing)$/.test(verb) && !['Feed', 'Need', 'Speed'].includes(verb)) return 'is not in the imperative';
  if (!subject.includes(' ')) return 'is one word';
  if (subject.endsWith('.')) return 'ends with a full stop';
  if (subject.length > subjectLengthMax) return `has ${subject.length} characters, limit ${subjectLengthMax}`;
  return undefined;
}

describe('commit subjects', () => {
  const found = subjects();

  it.skipIf(found.length === 0)('are in the imperative', () => {
    const problems = found
      .map((subject) => [subject, problemOf(subject)])
      .filter(([, problem]) => problem !== undefined);
    expect(problems).toStrictEqual([]);
  });

  const wrong = ['wip', 'Fixed a bug', 'Adding tests', 'fix a bug', 'Fix.', 'Fix it.', `Say ${'a'.repeat(140)}`];
  it.each(wrong)('may not be: %s', (subject) => {
    expect(problemOf(subject)).not.toBe(undefined);
  });

  it.each(['Bring back what was lost', 'Feed streams', 'Redirect, and log'])('may be: %s', (subject) => {
    expect(problemOf(subject)).toBe(undefined);
  });
});
