import { describe, expect, it } from 'vitest';
import {
  decideFailure,
  defaultFailurePolicy,
  failureCause,
  failurePolicyWith,
} from '../../src/decision/failure-mode.ts';

const parse = { cause: 'parse', phase: 2 } as const;

describe('decideFailure', () => {
  it('blocks by default, with a status that shows whose fault it was', () => {
    expect(decideFailure(parse, 'On')).toStrictEqual({
      kind: 'block',
      ruleId: 0,
      status: 400,
      phase: 2,
      cause: 'parse',
    });
    expect((decideFailure({ cause: 'overload', phase: 2 }, 'On') as { status: number }).status).toBe(503);
    expect((decideFailure({ cause: 'limit.hits', phase: 2 }, 'On') as { status: number }).status).toBe(403);
  });

  it('never blocks unless the engine enforces', () => {
    expect(decideFailure(parse, 'DetectionOnly').kind).toBe('detect');
    expect(decideFailure(parse, 'Off').kind).toBe('allow');
  });

  it('follows the policy for a cause', () => {
    const policy = { ...defaultFailurePolicy, actions: { parse: 'allow', 'limit.body': 'detect' } } as const;
    expect(decideFailure(parse, 'On', policy).kind).toBe('allow');
    expect(decideFailure({ cause: 'limit.body', phase: 2 }, 'On', policy).kind).toBe('detect');
    expect(decideFailure({ cause: 'internal', phase: 2 }, 'On', policy).kind).toBe('block');
  });
});

describe('failureCause', () => {
  it('sorts errors by their code', () => {
    expect(failureCause('body.malformed')).toBe('parse');
    expect(failureCause('body.limit')).toBe('limit.body');
    expect(failureCause('admission.overload')).toBe('overload');
    expect(failureCause('scan.failed')).toBe('internal');
  });
});

describe('failurePolicyWith', () => {
  // There is no external store, so a policy for one would have no effect.
  it.each(['store', 'stream', 'constructor', ''])('rejects %j, which is not a cause', (cause) => {
    expect(() => failurePolicyWith({ [cause]: 'block' })).toThrow(/is none of the causes/);
  });

  it('replaces actions of the table', () => {
    const policy = failurePolicyWith({ parse: 'detect' });
    expect(decideFailure(parse, 'On', policy)).toStrictEqual({
      kind: 'detect',
      ruleId: 0,
      status: 400,
      phase: 2,
      cause: 'parse',
    });
    expect(decideFailure({ cause: 'coding', phase: 2 }, 'On', policy).kind).toBe('block');
  });

  it('rejects unknown names', () => {
    expect(() => failurePolicyWith({ parsing: 'block' })).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/"parsing"/) }),
    );
    expect(() => failurePolicyWith({ parse: 'drop' })).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/"drop"/) }),
    );
    expect(() => failurePolicyWith({ toString: 'block' })).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });
});
