import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldInput } from '../../src/body/held-input.ts';

describe('HeldInput', () => {
  it('counts what is kept here', () => {
    const held = new HeldInput();
    held.note(10, { own: 3, behind: 0 });
    assert.equal(held.bytes, 3);
    held.note(1, { own: 0, behind: 0 });
    assert.equal(held.bytes, 0);
  });

  it('counts everything since nothing was held behind', () => {
    const held = new HeldInput();
    held.note(10, { own: 0, behind: 0 });
    held.note(5, { own: 1, behind: 7 });
    held.note(5, { own: 0, behind: 1 });
    assert.equal(held.bytes, 10);
    held.note(0, { own: 2, behind: 0 });
    assert.equal(held.bytes, 2);
  });

  it('never takes back that something was told', () => {
    const held = new HeldInput();
    held.note(4, { own: 0, behind: 0 });
    held.note(0, { own: 3, behind: 0 });
    assert.equal(held.bytes, 0);
  });
});
