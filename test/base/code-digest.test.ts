import { describe, expect, it } from 'vitest';
import { codeDigest } from '../../src/base/code-digest.ts';

describe('codeDigest', () => {
  it('is the same for the same code', () => {
    expect(codeDigest()).toMatch(/^[0-9a-f]{64}$/);
    expect(codeDigest()).toBe(codeDigest());
    expect(codeDigest(/^pattern\//)).not.toBe(codeDigest());
  });
});
