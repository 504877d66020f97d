// The table of limits: complete rows, and overrides that are checked against each other.
import { describe, expect, it } from 'vitest';
import { limits, limitsWith, limitTable } from '../../src/base/limits.ts';

describe('limitTable', () => {
  for (const [name, limit] of Object.entries(limitTable)) {
    it(`${name} has a whole positive default, a unit and a reason`, () => {
      expect(Number.isSafeInteger(limit.default) && limit.default > 0, String(limit.default)).toBe(true);
      expect(limit.why.length, `the reason "${limit.why}" says too little`).toBeGreaterThan(20);
      if (limit.unit === 'bytes') expect(name, 'a bound in bytes says so in its name').toMatch(/Bytes/);
      if (limit.unit === 'ms') expect(name, 'a bound in milliseconds says so in its name').toMatch(/Ms/);
    });
  }
});

describe('limitsWith', () => {
  it('accepts the defaults', () => expect(limitsWith({})).toStrictEqual(limits));

  it('replaces one limit and keeps the others', () => {
    expect(limitsWith({ jsonDepthMax: 8 })).toStrictEqual({ ...limits, jsonDepthMax: 8 });
  });

  const refused: readonly { readonly overrides: Record<string, number>; readonly message: RegExp }[] = [
    { overrides: { jsonDepht: 8 }, message: /unknown limit "jsonDepht"/ },
    { overrides: { toString: 8 }, message: /unknown limit "toString"/ },
    { overrides: { jsonDepthMax: 0 }, message: /jsonDepthMax must be a positive whole number, got 0/ },
    { overrides: { jsonDepthMax: 1.5 }, message: /got 1.5/ },
    { overrides: { jsonDepthMax: Number.NaN }, message: /got NaN/ },
    { overrides: { holdWindowBytesMax: 1024 }, message: /evaluationStrideBytes must not exceed holdWindowBytesMax/ },
    { overrides: { receiveMessageBytesMax: 1024 }, message: /receiveMessageBytesMax must exceed/ },
    { overrides: { fieldCollectBytesMax: 16 }, message: /fieldNameBytesMax must not exceed/ },
    { overrides: { holdMsMax: 600_000 }, message: /holdMsMax must be shorter/ },
  ];
  for (const { overrides, message } of refused) {
    it(`refuses ${JSON.stringify(overrides)}`, () => {
      expect(() => limitsWith(overrides)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }
});
