import { describe, expect, it } from 'vitest';
import { detectorOf, detectors } from '../../src/matching/detectors.ts';
import { nativeAddon } from '../../src/matching/native.ts';

describe('detectors', () => {
  it('are those of native code', () => {
    const found = { sqli: "1' or '1'='1", xss: '<script>alert(1)</script>' };
    for (const name of Object.values(detectors)) {
      expect([nativeAddon().detects(name, found[name]), nativeAddon().detects(name, 'word')]).toStrictEqual([
        true,
        false,
      ]);
    }
    expect(() => nativeAddon().detects('other' as 'xss', 'word')).toThrow('there is no detector "other"');
  });

  it('belong to operators by their own names', () => {
    expect([detectorOf('detectXSS'), detectorOf('rx'), detectorOf('toString')]).toStrictEqual([
      'xss',
      undefined,
      undefined,
    ]);
  });
});
