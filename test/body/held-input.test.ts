import { describe, expect, it } from 'vitest';
import { HeldInput } from '../../src/body/held-input.ts';

describe('HeldInput', () => {
  it('counts what is kept here', () => {
    const held = new HeldInput();
    held.note(10, { own: 3, behind: 0 });
    expect(held.bytes).toBe(3);
    held.note(1, { own: 0, behind: 0 });
    expect(held.bytes).toBe(0);
  });

  it('counts everything since the last time that nothing was held', () => {
    const held = new HeldInput();
    held.note(10, { own: 0, behind: 0 });
    held.note(5, { own: 1, behind: 7 });
    held.note(5, { own: 0, behind: 1 });
    expect(held.bytes).toBe(10);
    held.note(0, { own: 2, behind: 0 });
    expect(held.bytes).toBe(2);
  });

  it('never counts reported bytes as held again', () => {
    const held = new HeldInput();
    held.note(4, { own: 0, behind: 0 });
    held.note(0, { own: 3, behind: 0 });
    expect(held.bytes).toBe(0);
  });
});
