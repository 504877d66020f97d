import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { readWorkSlot, WorkSlot, workSlotBytes } from '../../src/ext-proc/work-slot.ts';
import { workParts } from '../../src/transaction/work-part.ts';

describe('WorkSlot', () => {
  const memory = new ArrayBuffer(workSlotBytes);
  const slot = new WorkSlot(memory);
  const read = () => readWorkSlot(new Uint8Array(memory));

  it('is empty at first, and after the end of a part', () => {
    expect(read()).toStrictEqual({ isLoading: false, work: undefined });
    slot.enter({ part: 'close', generation: 1, text: 'a' });
    slot.setLoading(true);
    slot.leave();
    expect(read()).toStrictEqual({ isLoading: true, work: undefined });
    slot.setLoading(false);
  });

  it.each(workParts)('keeps what is being inspected: %s', (part) => {
    slot.enter({ part, generation: 7, text: 'a\0\u00ff', message: Buffer.from('bytes') });
    expect(read()).toMatchObject({
      isLoading: false,
      work: { part, generation: 7, text: 'a\0\u00ff', messageBytes: 5 },
    });
    expect(read().work?.message?.toString()).toBe('bytes');
    slot.enter({ part, generation: 8, text: '' });
    expect(read().work).toStrictEqual({ part, generation: 8, text: '', message: undefined, messageBytes: 0 });
  });

  it('cuts what is longer than it', () => {
    const message = Buffer.alloc(constants.crashMessageBytesMax + 1, 'm');
    slot.enter({ part: 'close', generation: 1, text: 't'.repeat(2 * constants.crashTextBytesMax), message });
    const { work } = read();
    expect([work?.text.length, work?.message?.length, work?.messageBytes]).toStrictEqual([
      constants.crashTextBytesMax,
      constants.crashMessageBytesMax,
      message.length,
    ]);
  });
});
