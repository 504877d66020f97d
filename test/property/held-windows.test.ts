// Values longer than what is kept: no byte of them is released before a detector has read it, wherever an attack is, however the
// body is cut, and whenever its sender pauses.

import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf(`SecRequestBodyAccess On
  SecRule ARGS "@detectSQLi" "id:1,phase:2,deny,t:none,t:urlDecodeUni"
  SecRule ARGS "@detectXSS" "id:2,phase:2,deny"`);
afterAll(() => closePlan(plan));

/** A block in native code, and a window of new bytes. */
const heldValueBytesMax = 16_384 + limits.fieldCollectBytesMax;

type Body = readonly [type: string, before: string, write: (text: string) => string];
const bodies: Readonly<Record<string, Body>> = {
  form: ['application/x-www-form-urlencoded', 'q=', (text) => text],
  'escaped form': [
    'application/x-www-form-urlencoded',
    'a=1&q=',
    (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  ],
  JSON: ['application/json', '{"a":[1],"q":"', (text) => text],
};

function open(type: string): Inspection {
  const inspection = new Inspection(plan, { requestId: 'r', limits });
  inspection.side('request').head(
    {
      method: 'POST',
      target: '/',
      protocol: 'HTTP/1.1',
      headers: [{ name: 'content-type', value: type }],
      remoteAddress: '192.0.2.1',
      remotePort: 1,
    },
    false,
  );
  return inspection;
}

/** Sends everything; returns how many bytes had been released when it was blocked or at the end, and the most that were ever held. */
function send(inspection: Inspection, text: string, { pieceBytes, pauses }: { pieceBytes: number; pauses: boolean }) {
  const bytes = Buffer.from(text, 'latin1');
  let heldMax = 0;
  let released = 0;
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes);
    const verdict = inspection.side('request').chunk(piece);
    const next = pauses && verdict.kind !== 'block' ? inspection.side('request').evaluateNow() : verdict;
    if (next.kind === 'block') break;
    released = inspection.side('request').evaluatedBytes;
    heldMax = Math.max(heldMax, from + piece.length - released);
  }
  return { heldMax, released };
}

describe('what no detector has read of a long value', () => {
  for (const [name, [type, before, write]] of Object.entries(bodies)) {
    for (const attack of ["' or true-- -", '<script>alert(1)</script>']) {
      it(`is held in a ${name}: ${attack}`, () => {
        for (const padding of [65_300, 65_530, 70_000, 122_870, 180_000]) {
          for (const [pieceBytes, pauses] of [
            [16_384, false],
            [65_537, false],
            [8_000, true],
            [50_000, true],
          ] as const) {
            const inspection = open(type);
            const start = `${before}${write('a'.repeat(padding))}`;
            const { released } = send(inspection, `${start}${write(`${attack}${'b'.repeat(300)}`)}`, {
              pieceBytes,
              pauses,
            });
            const where = `${padding} bytes before, in pieces of ${pieceBytes}, ${pauses ? 'with' : 'without'} pauses`;
            // A window that ends in the middle of the attack was read: the part in it is not an attack.
            expect(released, `${released - start.length} bytes of it with ${where}`).toBeLessThan(
              start.length + write(attack).length,
            );
            const { kind } = inspection.side('request').end();
            inspection.close();
            expect(kind, where).toBe('block');
          }
        }
      });
    }

    it(`is limited in a ${name}, and released when its sender pauses`, () => {
      const factor = write('a').length;
      const text = `${before}${write('benign words, '.repeat(20_000))}`;
      const streamed = open(type);
      const { heldMax } = send(streamed, text, { pieceBytes: 16_384, pauses: false });
      expect(heldMax > 16_384 && heldMax <= factor * heldValueBytesMax, `${heldMax} bytes are held`).toBe(true);
      expect(streamed.side('request').evaluateNow().kind).toBe('allow');
      expect(streamed.side('request').evaluatedBytes).toBe(text.length);
      streamed.close();
    });
  }

  it('is nothing where no detector reads the value', async () => {
    const other = await planOf(`SecRequestBodyAccess On
      SecRule ARGS "@rx evil" "id:1,phase:2,deny"`);
    const inspection = new Inspection(other, { requestId: 'r', limits });
    inspection.side('request').head(
      {
        method: 'POST',
        target: '/',
        protocol: 'HTTP/1.1',
        headers: [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }],
        remoteAddress: '192.0.2.1',
        remotePort: 1,
      },
      false,
    );
    const { heldMax } = send(inspection, `q=${'a'.repeat(300_000)}`, { pieceBytes: 16_384, pauses: false });
    expect(heldMax).toBeLessThanOrEqual(limits.fieldCollectBytesMax + 16_384);
    expect(inspection.side('request').evaluatedBytes % 16_384).toBe(0);
    inspection.close();
    closePlan(other);
  });
});
