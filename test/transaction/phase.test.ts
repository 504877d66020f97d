import { describe, expect, it } from 'vitest';
import { legalMoves } from '../../src/transaction/phase.ts';

describe('legalMoves', () => {
  it('allows no second head', () => {
    const heads = Object.entries(legalMoves).filter(([, moves]) => moves.head === 'inspect');
    expect(heads.map(([phase]) => phase)).toStrictEqual(['before-head']);
  });

  it('allows no body before its head', () => {
    expect(legalMoves['before-head']).toStrictEqual({ head: 'inspect', chunk: 'illegal', trailers: 'illegal' });
  });

  it('ignores what follows the end, without an error', () => {
    expect(legalMoves.ended).toStrictEqual({ head: 'illegal', chunk: 'ignore', trailers: 'ignore' });
  });
});
