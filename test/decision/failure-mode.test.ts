import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFresh } from '../../scripts/failure-table.ts';
import {
  decideFailure,
  defaultFailurePolicy,
  failureCause,
  failurePolicyWith,
  failureTable,
} from '../../src/decision/failure-mode.ts';

const parse = { cause: 'parse', phase: 2 } as const;

describe('decideFailure', () => {
  it('blocks by default, with a status that says whose fault it was', () => {
    assert.deepEqual(decideFailure(parse, 'On'), { kind: 'block', ruleId: 0, status: 400, phase: 2, cause: 'parse' });
    assert.equal((decideFailure({ cause: 'overload', phase: 2 }, 'On') as { status: number }).status, 503);
    assert.equal((decideFailure({ cause: 'limit.hits', phase: 2 }, 'On') as { status: number }).status, 403);
  });

  it('never blocks unless the engine enforces', () => {
    assert.equal(decideFailure(parse, 'DetectionOnly').kind, 'detect');
    assert.equal(decideFailure(parse, 'Off').kind, 'allow');
  });

  it('does for a cause what the policy says', () => {
    const policy = { ...defaultFailurePolicy, actions: { parse: 'allow', 'limit.body': 'detect' } } as const;
    assert.equal(decideFailure(parse, 'On', policy).kind, 'allow');
    assert.equal(decideFailure({ cause: 'limit.body', phase: 2 }, 'On', policy).kind, 'detect');
    assert.equal(decideFailure({ cause: 'internal', phase: 2 }, 'On', policy).kind, 'block');
  });
});

describe('failureCause', () => {
  it('sorts errors by their code', () => {
    assert.equal(failureCause('body.malformed'), 'parse');
    assert.equal(failureCause('body.limit'), 'limit.body');
    assert.equal(failureCause('pool.overload'), 'overload');
    assert.equal(failureCause('pool.overload'), 'overload');
    assert.equal(failureCause('scan.failed'), 'internal');
  });
});

describe('failurePolicyWith', () => {
  it('replaces actions of the table', () => {
    const policy = failurePolicyWith({ parse: 'detect' });
    assert.deepEqual(decideFailure(parse, 'On', policy), {
      kind: 'detect',
      ruleId: 0,
      status: 400,
      phase: 2,
      cause: 'parse',
    });
    assert.equal(decideFailure({ cause: 'coding', phase: 2 }, 'On', policy).kind, 'block');
  });

  it('refuses what does not exist, by name', () => {
    assert.throws(() => failurePolicyWith({ parsing: 'block' }), { code: 'config.invalid', message: /"parsing"/ });
    assert.throws(() => failurePolicyWith({ parse: 'drop' }), { code: 'config.invalid', message: /"drop"/ });
    assert.throws(() => failurePolicyWith({ toString: 'block' }), { code: 'config.invalid' });
  });
});

describe('failureTable', () => {
  it('detects only what may be harmless, and blocks everything else', () => {
    const detected = Object.entries(failureTable).filter(([, { action }]) => action === 'detect');
    assert.deepEqual(
      detected.map(([cause]) => cause),
      ['charset', 'response-body'],
    );
  });

  it('is what docs/bodies.md says', () => {
    assert.ok(isFresh(), 'run: node scripts/failure-table.ts (part of npm run generate)');
  });
});
