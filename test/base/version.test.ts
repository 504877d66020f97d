import { describe, expect, it } from 'vitest';
import description from '../../package.json' with { type: 'json' };
import { packageVersion } from '../../src/base/version.ts';

describe('packageVersion', () => {
  it('is what the package says', () => {
    expect(packageVersion()).toBe(description.version);
  });
});
