import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XmlHolds } from '../../src/body/xml-holds.ts';

function holding() {
  const held = { waiting: 0, isHolding: false, heldBytes: 0 };
  return { held, holds: new XmlHolds({ text: held, notes: held, sections: held }) };
}

describe('XmlHolds', () => {
  it('holds from the first of what is not told', () => {
    const { held, holds } = holding();
    holds.beginMark(40);
    holds.beginNote();
    holds.endChunk(50);
    holds.beginMark(20);
    holds.endChunk(50);
    assert.equal(holds.bytes, 100);
    assert.equal(holds.heldBytes(false), 0);
    held.heldBytes = 2;
    assert.equal(holds.heldBytes(false), 2);
    assert.equal(holds.heldBytes(true), 30);
    held.isHolding = true;
    assert.equal(holds.heldBytes(true), 60);
    holds.beginNote();
    assert.equal(holds.heldBytes(true), 60, 'the first note counts');
  });

  it('holds joined text from the chunk in which it began to wait', () => {
    const { held, holds } = holding();
    holds.endChunk(50);
    held.waiting = 1;
    holds.endChunk(10);
    holds.endChunk(40);
    assert.equal(holds.heldBytes(false), 50);
    held.waiting = 2;
    holds.endChunk(10);
    assert.equal(holds.heldBytes(false), 10);
    held.waiting = 0;
    holds.endChunk(10);
    assert.equal(holds.heldBytes(false), 0);
  });
});
