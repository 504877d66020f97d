import { describe, expect, it } from 'vitest';
import { legalMoves } from '../../src/transaction/phase.ts';

describe('legalMoves', () => {
  it('lets no head come twice', () => {
    const heads = Object.entries(legalMoves).filter(([, moves]) => moves.head === 'inspect');
    expect(heads.map(([phase]) => phase)).toStrictEqual(['before-head']);
  });

  it('lets no body come before its head', () => {
    expect(legalMoves['before-head']).toStrictEqual({ head: 'inspect', chunk: 'illegal', trailers: 'illegal' });
  });

  it('ignores, and does not refuse, what comes after the end', () => {
    expect(legalMoves.ended).toStrictEqual({ head: 'illegal', chunk: 'ignore', trailers: 'ignore' });
  });
});
