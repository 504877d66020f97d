import { describe, expect, it } from 'vitest';
import { FieldMatch } from '../../src/evaluate/field-match.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import type { Target } from '../../src/plan/plan.ts';

const target: Target = { variable: 'ARGS', mode: 'each', kinds: [], selector: undefined, exclusions: [] };
const lowercase = nativeAddon().transformNames().indexOf('lowercase');

function recordOf(text: string, length = text.length): FieldRecord {
  const record = new FieldRecord({ kind: 0, name: 'a', order: 3 });
  record.keepBytes(Buffer.from(text, 'latin1'));
  record.length = length;
  return record;
}

describe('FieldMatch', () => {
  it('transforms the field on demand', () => {
    const match = new FieldMatch({ target, key: 'a', field: recordOf('AB\xc4'), transformations: [lowercase] });
    expect(match.text).toBe('ab\xc4');
    expect(match.name).toBe('ARGS:a');
    expect(match.order).toBe(3);
    expect(match.isPart).toBeFalsy();
  });

  it('transforms a byte string in the same way', () => {
    expect(new FieldMatch({ target, key: '', raw: 'AB', transformations: [lowercase] }).text).toBe('ab');
  });

  it('has a name without key if it is not a collection', () => {
    expect(new FieldMatch({ target, key: '', text: 'x', transformations: [] }).name).toBe('ARGS');
  });

  it('reports how much of a long value is missing', () => {
    const match = new FieldMatch({ target, key: 'a', field: recordOf('abc', 10), transformations: [] });
    expect(match.isPart).toBeTruthy();
    expect(match.missingBytes).toBe(7);
  });

  it('shows the end of a value when that is where the match is', () => {
    const tail = Buffer.from('tail');
    const match = new FieldMatch({ target, key: 'a', field: recordOf('abc', 99), transformations: [lowercase], tail });
    expect(match.text).toBe('tail');
    expect(match.isPart).toBeTruthy();
  });
});
