import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import type { Decoder } from '../../src/body/decoder.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import { SideReading } from '../../src/body/side-reading.ts';
import { EventLog } from '../support/event-log.ts';

describe('SideReading', () => {
  it('gives the bytes to both', () => {
    const [one, other] = [new EventLog(), new EventLog()];
    const reading = new SideReading(new RawDecoder(one, 'REQUEST_BODY_READING'), new RawDecoder(other, 'REQUEST_BODY'));
    reading.write(Buffer.from('ab'));
    reading.end();
    expect(one.lines()).toStrictEqual(['REQUEST_BODY_READING  = ab']);
    expect(other.lines()).toStrictEqual(['REQUEST_BODY  = ab']);
  });

  it('ends the reading when the other one fails', () => {
    const log = new EventLog();
    const failing: Decoder = {
      heldBytes: 0,
      write: () => {
        throw new WafError('body.malformed', 'no');
      },
      end: () => {},
    };
    const reading = new SideReading(new RawDecoder(log, 'REQUEST_BODY_READING'), failing);
    expect(() => reading.write(Buffer.from('ab'))).toThrow('no');
    expect(log.lines()).toStrictEqual(['REQUEST_BODY_READING  = ab']);
  });

  it('holds as much as the reading that holds more', () => {
    const holding = (heldBytes: number): Decoder => ({ heldBytes, write: () => {}, end: () => {} });
    expect(new SideReading(holding(1), holding(2)).heldBytes).toBe(2);
    expect(new SideReading(holding(3), holding(2)).heldBytes).toBe(3);
  });
});
