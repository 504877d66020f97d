// The error class: codes kept, causes kept, anything thrown becomes one of ours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertNever, asWafError, WafError } from '../../src/base/errors.ts';

describe('WafError', () => {
  it('keeps its code, message and cause', () => {
    const cause = new Error('disk');
    const error = new WafError('body.limit', 'field name is 513 bytes, limit 512', { cause });
    assert.equal(error.code, 'body.limit');
    assert.equal(error.message, 'field name is 513 bytes, limit 512');
    assert.equal(error.cause, cause);
    assert.equal(error.name, 'WafError');
  });
});

describe('asWafError', () => {
  it('returns an error of ours as it is', () => {
    const error = new WafError('scan.failed', 'x');
    assert.equal(asWafError(error), error);
  });

  it('makes anything else internal and keeps it as the cause', () => {
    for (const thrown of [new TypeError('no'), 'no', undefined, { toString: () => 'no' }]) {
      const error = asWafError(thrown);
      assert.equal(error.code, 'internal');
      assert.equal(error.cause, thrown);
    }
  });
});

describe('assertNever', () => {
  it('throws internal with the value', () => {
    assert.throws(() => assertNever('odd' as never), /unexpected value "odd"/);
  });
});
