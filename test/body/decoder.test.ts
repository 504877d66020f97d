import { describe, expect, it } from 'vitest';
import type { Steps } from '../../src/base/turn.ts';
import { type DecoderInSteps, endInSteps, writeInSteps } from '../../src/body/decoder.ts';

function open() {
  const calls: string[] = [];
  const plain = {
    write: (bytes: Uint8Array) => {
      calls.push(`write ${bytes.length}`);
    },
    end: () => {
      calls.push('end');
    },
    heldBytes: 0,
  };
  const stepped: DecoderInSteps = {
    ...plain,
    *writeInSteps(bytes): Steps<void> {
      for (const byte of bytes) yield void calls.push(`step ${byte}`);
    },
    *endInSteps(): Steps<void> {
      yield void calls.push('last step');
    },
  };
  return { calls, plain, stepped };
}

describe('decoding in steps', () => {
  it('is one step for a decoder that has no others', () => {
    const { calls, plain } = open();
    expect([...writeInSteps(plain, Buffer.from([1, 2]))].length).toBe(1);
    expect([...endInSteps(plain)].length).toBe(0);
    expect(calls).toStrictEqual(['write 2', 'end']);
  });

  it('takes the steps of a decoder that has some, one at a time', () => {
    const { calls, stepped } = open();
    const steps = writeInSteps(stepped, Buffer.from([1, 2]));
    steps.next();
    expect(calls).toStrictEqual(['step 1']);
    for (const _ of steps) expect(calls.length).toBeLessThanOrEqual(2);
    for (const _ of endInSteps(stepped)) calls.push('then');
    expect(calls).toStrictEqual(['step 1', 'step 2', 'last step', 'then']);
  });
});
