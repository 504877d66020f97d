import { describe, expect, it } from 'vitest';
import { byName } from '../../src/seclang/rule-source.ts';

describe('byName', () => {
  it('orders by code unit', () => {
    expect(['b', 'B', 'a10', 'a2', 'a'].sort(byName)).toStrictEqual(['B', 'a', 'a10', 'a2', 'b']);
  });
});
