import { describe, expect, it } from 'vitest';
import { Problems } from '../../src/inspect/problems.ts';

describe('Problems', () => {
  it('keeps the first sentence of each cause', () => {
    const problems = new Problems();
    problems.add('parse', 'first');
    problems.add('parse', 'second');
    problems.add('limit.hits', 'many');
    expect(problems.all).toStrictEqual([
      { cause: 'parse', message: 'first' },
      { cause: 'limit.hits', message: 'many' },
    ]);
  });

  it('adds uninspected bytes up by cause', () => {
    const problems = new Problems();
    problems.uninspected('a', 2);
    problems.uninspected('a', 3);
    problems.uninspected('b', 0);
    expect([...problems.uninspectedBytes]).toStrictEqual([['a', 5]]);
  });

  it('counts text that is too deep, as a failure', () => {
    const problems = new Problems();
    problems.unreadText(2);
    problems.unreadText(3);
    expect([...problems.uninspectedBytes]).toStrictEqual([['request-reading', 5]]);
    expect(problems.all.map(({ cause }) => cause)).toStrictEqual(['limit.body']);
  });
});
