import { describe, expect, it } from 'vitest';
import { packageCommit, packageVersion } from '../../src/base/version.ts';
import { versionLine } from '../../src/cli/version.ts';
import { nativeAddon } from '../../src/matching/native.ts';

describe('versionLine', () => {
  it('names Weir first, then commit, Node, Hyperscan and RE2 as they are loaded', () => {
    const commit = packageCommit();
    const [, hyperscan] = nativeAddon().libraryVersion().split(' ');
    const [before, after] = versionLine().split(', RE2 ');
    expect(before).toBe(
      `weir ${packageVersion()} (${commit === undefined ? '' : `commit ${commit}, `}Node ${process.versions.node}, Hyperscan ${hyperscan}`,
    );
    expect(after).toMatch(/^libre2\.so\.\d+(\.\d+)*\)$/);
  });
});
