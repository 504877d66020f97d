import { describe, expect, it } from 'vitest';
import { isFresh } from '../../scripts/failure-table.ts';
import { failureTable } from '../../src/base/failure-table.ts';

describe('failureTable', () => {
  it('detects only what may be harmless, and blocks everything else', () => {
    const detected = Object.entries(failureTable).filter(([, { action }]) => action === 'detect');
    expect(detected.map(([cause]) => cause)).toStrictEqual(['charset', 'response-body']);
  });

  it('is the table in docs/bodies.md', () => {
    expect(isFresh(), 'run: node scripts/failure-table.ts (part of npm run generate)').toBeTruthy();
  });
});
