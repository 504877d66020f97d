import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChain } from '../../src/transform/chain.ts';

const nativeNames = ['lowercase', 'urlDecodeUni', 'length', 'normalizePath'];

describe('createChain', () => {
  it('keeps the order of its members', () => {
    assert.deepEqual(createChain(['urlDecodeUni', 'lowercase'], nativeNames).ids, [1, 0]);
  });

  it('begins anew after none', () => {
    assert.deepEqual(createChain(['urlDecodeUni', 'none', 'lowercase'], nativeNames).names, ['lowercase']);
  });

  it('is empty for none alone', () => {
    const chain = createChain(['none'], nativeNames);
    assert.deepEqual([chain.ids, chain.key, chain.streaming], [[], 'none', 'running']);
  });

  it('tells chains of different order apart', () => {
    const one = createChain(['urlDecodeUni', 'lowercase'], nativeNames);
    const other = createChain(['lowercase', 'urlDecodeUni'], nativeNames);
    assert.notEqual(one.key, other.key);
  });

  it('gives equal chains equal keys whatever the ids', () => {
    const one = createChain(['urlDecodeUni', 'lowercase'], nativeNames);
    const other = createChain(['urlDecodeUni', 'lowercase'], [...nativeNames].reverse());
    assert.equal(one.key, other.key);
  });

  it('streams like its weakest member', () => {
    assert.equal(createChain(['lowercase', 'length'], nativeNames).streaming, 'at-end');
    assert.equal(createChain(['length', 'normalizePath', 'lowercase'], nativeNames).streaming, 'window');
  });

  it('refuses a name that native code does not have', () => {
    assert.throws(() => createChain(['rot13'], nativeNames), { code: 'seclang.unsupported', message: /rot13/ });
  });
});
