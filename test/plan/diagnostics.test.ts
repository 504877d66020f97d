import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    assert.equal(diagnostics.loadedCount, 3);
    assert.deepEqual(
      [...diagnostics.loadedByFile],
      [
        ['rules/a.conf', 2],
        ['b.conf', 1],
      ],
    );
    assert.equal(diagnostics.problems.length, 1);
    assert.equal(diagnostics.foldedCount, 1);
  });

  it('says file, line, column, rule and reason', () => {
    const log = new DiagnosticLog();
    log.add('skipped', { location, ruleId: 5, reason: 'operator @rbl' });
    log.add('ignored', { location, reason: 'SecTmpDir: nothing is written' });
    assert.deepEqual(log.problems.map(describeDiagnostic), [
      'rules/a.conf:3:7: rule 5 skipped: operator @rbl',
      'rules/a.conf:3:7: ignored: SecTmpDir: nothing is written',
    ]);
  });
});

describe('isRemarkable', () => {
  it('is what whoever starts Weir should hear of', () => {
    const kinds = ['failed', 'skipped', 'notice', 'ignored', 'expected'] as const;
    assert.deepEqual(
      kinds.filter((kind) => isRemarkable({ kind })),
      ['failed', 'skipped', 'notice'],
    );
  });
});
