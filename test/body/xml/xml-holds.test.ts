import { describe, expect, it } from 'vitest';
import { XmlHolds } from '../../../src/body/xml/xml-holds.ts';

function holding() {
  const held = { waiting: 0, isHolding: false, heldBytes: 0 };
  return { held, holds: new XmlHolds({ text: held, notes: held, sections: held }) };
}

describe('XmlHolds', () => {
  it('holds from the first unreported byte', () => {
    const { held, holds } = holding();
    holds.beginMark(40);
    holds.beginNote();
    holds.endChunk(50);
    holds.beginMark(20);
    holds.endChunk(50);
    expect(holds.bytes).toBe(100);
    expect(holds.heldBytes(false)).toBe(0);
    held.heldBytes = 2;
    expect(holds.heldBytes(false)).toBe(2);
    expect(holds.heldBytes(true)).toBe(30);
    held.isHolding = true;
    expect(holds.heldBytes(true)).toBe(60);
    holds.beginNote();
    expect(holds.heldBytes(true), 'the first note counts').toBe(60);
  });

  it('holds joined text from the chunk in which it began to wait', () => {
    const { held, holds } = holding();
    holds.endChunk(50);
    held.waiting = 1;
    holds.endChunk(10);
    holds.endChunk(40);
    expect(holds.heldBytes(false)).toBe(50);
    held.waiting = 2;
    holds.endChunk(10);
    expect(holds.heldBytes(false)).toBe(10);
    held.waiting = 0;
    holds.endChunk(10);
    expect(holds.heldBytes(false)).toBe(0);
  });
});
