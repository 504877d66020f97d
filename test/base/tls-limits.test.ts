import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { processLimits } from '../../src/base/process-limits.ts';
import { tlsLimits } from '../../src/base/tls-limits.ts';

describe('tlsLimits', () => {
  it('are a part of the table, and the process has them', () => {
    const names = Object.keys(tlsLimits) as (keyof typeof tlsLimits)[];
    for (const name of names) expect(limits[name]).toBe(tlsLimits[name].default);
    expect(processLimits).toStrictEqual(expect.arrayContaining(names));
  });
});
