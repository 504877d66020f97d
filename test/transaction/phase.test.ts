import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { legalMoves } from '../../src/transaction/phase.ts';

describe('legalMoves', () => {
  it('lets no head come twice', () => {
    const heads = Object.entries(legalMoves).filter(([, moves]) => moves.head === 'inspect');
    assert.deepEqual(
      heads.map(([phase]) => phase),
      ['before-head'],
    );
  });

  it('lets no body come before its head', () => {
    assert.deepEqual(legalMoves['before-head'], { head: 'inspect', chunk: 'illegal', trailers: 'illegal' });
  });

  it('ignores, and does not refuse, what comes after the end', () => {
    assert.deepEqual(legalMoves.ended, { head: 'illegal', chunk: 'ignore', trailers: 'ignore' });
  });
});
