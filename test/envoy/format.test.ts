import { describe, expect, it } from 'vitest';
import { findingsAsJson, findingsAsText, shownPath } from '../../src/envoy/format.ts';
import { lintEnvoy } from '../../src/envoy/lint.ts';
import { lintSettings } from './trap-cases.ts';

describe('what lint prints', () => {
  it('shows paths as people write them', () => {
    expect(shownPath(['a', 0, 'b_c', 'd.e'])).toBe('a[0].b_c["d.e"]');
    expect(shownPath([])).toBe('(file)');
  });

  it('gives the same findings as text and as JSON', () => {
    const findings = lintEnvoy('{ http_filters: [] }', 'x.yaml', lintSettings);
    expect(findingsAsText('x.yaml', findings)).toMatch(/^x\.yaml:1:1: error\[no-filter\] \(file\): .*\n {4}\S.*\n$/);
    expect(JSON.parse(findingsAsJson('x.yaml', findings))).toMatchObject([
      { file: 'x.yaml', line: 1, column: 1, severity: 'error', trap: 'no-filter' },
    ]);
  });
});
