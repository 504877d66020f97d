import { describe, expect, it } from 'vitest';
import { DiagnosticLog, describeDiagnostic, isRemarkable } from '../../src/plan/diagnostics.ts';

describe('DiagnosticLog', () => {
  const location = { file: 'rules/a.conf', line: 3, column: 7 };

  it('counts loaded rules by file and keeps problems in order', () => {
    const log = new DiagnosticLog();
    log.loaded(location);
    log.loaded(location);
    log.loaded({ ...location, file: 'b.conf' });
    log.add('skipped', { location, ruleId: 5, reason: 'operator @rbl' });
    const diagnostics = log.finish({ foldedCount: 1, loadMs: 12 });
    expect(diagnostics.loadedCount).toBe(3);
    expect([...diagnostics.loadedByFile]).toStrictEqual([
      ['rules/a.conf', 2],
      ['b.conf', 1],
    ]);
    expect(diagnostics.problems.length).toBe(1);
    expect(diagnostics.foldedCount).toBe(1);
  });

  it('contains file, line, column, rule and reason', () => {
    const log = new DiagnosticLog();
    log.add('skipped', { location, ruleId: 5, reason: 'operator @rbl' });
    log.add('ignored', { location, reason: 'SecTmpDir: nothing is written' });
    expect(log.problems.map(describeDiagnostic)).toStrictEqual([
      'rules/a.conf:3:7: rule 5 skipped: operator @rbl',
      'rules/a.conf:3:7: ignored: SecTmpDir: nothing is written',
    ]);
  });
});

describe('isRemarkable', () => {
  it('is what the operator should know when Weir starts', () => {
    const kinds = ['failed', 'skipped', 'notice', 'ignored', 'expected'] as const;
    expect(kinds.filter((kind) => isRemarkable({ kind }))).toStrictEqual(['failed', 'skipped', 'notice']);
  });
});
