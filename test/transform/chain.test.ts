import { describe, expect, it } from 'vitest';
import { createChain } from '../../src/transform/chain.ts';

const nativeNames = ['lowercase', 'urlDecodeUni', 'length', 'normalizePath'];

describe('createChain', () => {
  it('keeps the order of its members', () => {
    expect(createChain(['urlDecodeUni', 'lowercase'], nativeNames).ids).toStrictEqual([1, 0]);
  });

  it('begins anew after none', () => {
    expect(createChain(['urlDecodeUni', 'none', 'lowercase'], nativeNames).names).toStrictEqual(['lowercase']);
  });

  it('is empty for none alone', () => {
    const chain = createChain(['none'], nativeNames);
    expect([chain.ids, chain.key, chain.streaming]).toStrictEqual([[], 'none', 'running']);
  });

  it('tells chains of different order apart', () => {
    const one = createChain(['urlDecodeUni', 'lowercase'], nativeNames);
    const other = createChain(['lowercase', 'urlDecodeUni'], nativeNames);
    expect(one.key).not.toBe(other.key);
  });

  it('gives equal chains equal keys whatever the ids', () => {
    const one = createChain(['urlDecodeUni', 'lowercase'], nativeNames);
    const other = createChain(['urlDecodeUni', 'lowercase'], [...nativeNames].reverse());
    expect(one.key).toBe(other.key);
  });

  it('streams like its weakest member', () => {
    expect(createChain(['lowercase', 'length'], nativeNames).streaming).toBe('at-end');
    expect(createChain(['length', 'normalizePath', 'lowercase'], nativeNames).streaming).toBe('window');
  });

  it('refuses a name that native code does not have', () => {
    expect(() => createChain(['rot13'], nativeNames)).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: expect.stringMatching(/rot13/) }),
    );
  });
});
