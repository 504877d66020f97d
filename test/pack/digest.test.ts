import { describe, expect, it } from 'vitest';
import { digestOf, isDigest } from '../../src/pack/digest.ts';

describe('digestOf', () => {
  it('is what sha256sum prints, with its name', () => {
    const digest = digestOf(Buffer.from('abc'));
    expect(digest).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(isDigest(digest)).toBe(true);
    for (const text of [digest.slice(0, -1), digest.toUpperCase(), `x${digest}`, `${digest}\n`, '']) {
      expect(isDigest(text), text).toBe(false);
    }
  });
});
