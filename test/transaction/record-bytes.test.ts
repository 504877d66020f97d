import { describe, expect, it } from 'vitest';
import { recordBytes } from '../../src/transaction/record-bytes.ts';
import { recordWith } from '../support/record.ts';
import { headOf } from '../support/shadow.ts';

describe('recordBytes', () => {
  it('counts external values by their length', () => {
    const small = recordBytes(recordWith());
    const head = headOf('GET', '/'.repeat(1_000));
    const headers = [{ name: 'a', value: 'b'.repeat(5_000) }];
    expect(recordBytes(recordWith({ request: head })) - small).toBeGreaterThan(1_000);
    expect(recordBytes(recordWith({ request: { ...head, headers } })) - small).toBeGreaterThan(6_000);
    expect(recordBytes(recordWith({ problems: [{ cause: 'x', message: 'm'.repeat(100) }] })) - small).toBe(100);
  });
});
