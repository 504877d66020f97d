import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problems } from '../../src/inspect/problems.ts';

describe('Problems', () => {
  it('keeps the first sentence of each cause', () => {
    const problems = new Problems();
    problems.add('parse', 'first');
    problems.add('parse', 'second');
    problems.add('limit.hits', 'many');
    assert.deepEqual(problems.all, [
      { cause: 'parse', message: 'first' },
      { cause: 'limit.hits', message: 'many' },
    ]);
  });

  it('adds uninspected bytes up by cause', () => {
    const problems = new Problems();
    problems.uninspected('a', 2);
    problems.uninspected('a', 3);
    problems.uninspected('b', 0);
    assert.deepEqual([...problems.uninspectedBytes], [['a', 5]]);
  });

  it('counts text that is too deep, as a failure', () => {
    const problems = new Problems();
    problems.unreadText(2);
    problems.unreadText(3);
    assert.deepEqual([...problems.uninspectedBytes], [['request-reading', 5]]);
    assert.deepEqual(
      problems.all.map(({ cause }) => cause),
      ['limit.body'],
    );
  });
});
