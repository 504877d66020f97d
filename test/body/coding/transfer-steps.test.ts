import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../../src/base/turn.ts';
import { openTransferDecoder } from '../../../src/body/coding/transfer-encoding.ts';
import { TransferSteps } from '../../../src/body/coding/transfer-steps.ts';

function open(held = 0) {
  const told: string[] = [];
  const next = {
    write: (bytes: Uint8Array) => {
      told.push(Buffer.from(bytes).toString());
    },
    end: () => {
      told.push('end');
    },
    heldBytes: held,
  };
  return { told, decoder: new TransferSteps((to) => openTransferDecoder('base64', to) ?? to, next) };
}

describe('TransferSteps', () => {
  const coded = Buffer.from(Buffer.from('a'.repeat(4000)).toString('base64'));

  it('passes on decoded bytes in steps, then the end', () => {
    const { told, decoder } = open();
    let steps = 0;
    for (const _ of decoder.writeInSteps(coded)) steps += 1;
    runAtOnce(decoder.endInSteps());
    expect(steps).toBeGreaterThan(1);
    expect(told.join('')).toBe(`${'a'.repeat(4000)}end`);
  });

  it('holds digits that are not a byte yet, and what its decoder holds', () => {
    const whole = open().decoder;
    whole.write(coded.subarray(0, 8));
    expect(whole.heldBytes).toBe(0);
    whole.write(coded.subarray(8, 10));
    expect(whole.heldBytes).toBeGreaterThan(0);
    const behind = open(3).decoder;
    behind.write(coded.subarray(0, 8));
    expect(behind.heldBytes).toBe(8);
  });
});
