import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldRecord } from '../../src/inspect/field-record.ts';

const create = () => new FieldRecord({ kind: 0, name: 'Näme'.replace('ä', '\xe4'), order: 1 });

describe('FieldRecord', () => {
  it('folds ASCII letters of its key only', () => assert.equal(create().key, 'n\xe4me'));

  it('keeps a text and gives its bytes', () => {
    const record = create();
    record.keepText('a\xff');
    assert.deepEqual([...record.bytes], [0x61, 0xff]);
    assert.equal(record.length, 2);
    assert.ok(record.isWhole && record.hasValue);
  });

  it('knows that it holds a beginning only', () => {
    const record = create();
    record.length = 10;
    record.keepBytes(Buffer.from('abc'));
    assert.ok(!record.isWhole);
    assert.equal(record.text, 'abc');
  });

  it('copies the bytes it keeps', () => {
    const record = create();
    const bytes = Buffer.from('abc');
    record.keepBytes(bytes);
    bytes.fill(0);
    assert.equal(record.text, 'abc');
  });

  it('is whole without a value when the value is empty', () => {
    assert.ok(create().isWhole);
    assert.ok(!create().hasValue);
  });
});
