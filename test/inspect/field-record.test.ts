import { describe, expect, it } from 'vitest';
import { FieldRecord } from '../../src/inspect/field-record.ts';

const create = () => new FieldRecord({ kind: 0, name: 'Näme'.replace('ä', '\xe4'), order: 1 });

describe('FieldRecord', () => {
  it('folds ASCII letters of its key only', () => expect(create().key).toBe('n\xe4me'));

  it('keeps a text and returns its bytes', () => {
    const record = create();
    record.keepText('a\xff');
    expect([...record.bytes]).toStrictEqual([0x61, 0xff]);
    expect(record.length).toBe(2);
    expect(record.isWhole && record.hasValue).toBeTruthy();
  });

  it('knows that it holds only a beginning', () => {
    const record = create();
    record.length = 10;
    record.keepBytes(Buffer.from('abc'));
    expect(record.isWhole).toBeFalsy();
    expect(record.text).toBe('abc');
  });

  it('copies the bytes it keeps', () => {
    const record = create();
    const bytes = Buffer.from('abc');
    record.keepBytes(bytes);
    bytes.fill(0);
    expect(record.text).toBe('abc');
  });

  it('is complete without a value if the value is empty', () => {
    expect(create().isWhole).toBeTruthy();
    expect(create().hasValue).toBeFalsy();
  });
});
