import { describe, expect, it } from 'vitest';
import { PendingReplies } from '../../src/transaction/pending-replies.ts';

function owed(): PendingReplies<string> {
  const replies = new PendingReplies<string>();
  for (const [direction, reply] of [
    ['request', 'head'],
    ['response', 'answer'],
    ['request', 'chunk'],
    ['response', 'page'],
  ] as const) {
    replies.add(direction, reply);
  }
  return replies;
}

describe('PendingReplies', () => {
  for (const [requestCount, responseCount, taken, left] of [
    [0, 0, [], ['head', 'chunk', 'answer', 'page']],
    [1, 0, ['head'], ['chunk', 'answer', 'page']],
    [0, 1, ['answer'], ['head', 'chunk', 'page']],
    [1, 2, ['head', 'answer', 'page'], ['chunk']],
    [3, 9, ['head', 'chunk', 'answer', 'page'], []],
  ] as const) {
    it(`returns the oldest of each direction, each once: ${requestCount} and ${responseCount}`, () => {
      const replies = owed();
      expect(replies.take({ kind: 'release', requestCount, responseCount })).toStrictEqual(taken);
      expect(replies.takeAll()).toStrictEqual(left);
      expect(replies.takeAll()).toStrictEqual([]);
    });
  }

  it('keeps nothing after it was closed', () => {
    const replies = owed();
    replies.close();
    replies.add('request', 'late');
    expect(replies.takeAll()).toStrictEqual([]);
    expect(replies.take({ kind: 'release', requestCount: 1, responseCount: 1 })).toStrictEqual([]);
  });
});
