// Checks `heldBytes` of decoders: everything before the held bytes must have been reported as it would be if the body ended there. So
// nothing is released that no rule has seen.

import { WafError } from '../../src/base/errors.ts';
import { type Limits, limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import type { Holding } from '../../src/body/decoder.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { bodySinkOf } from './body-sink.ts';
import { EventLog, type LoggedField, printable } from './event-log.ts';

/** A reader of a body, and what its sinks have received. */
export interface Reading extends Holding {
  write(chunk: Uint8Array): void;
  /** Reads everything that can be read without more bytes. */
  flush(): void;
  end(): void;
  /** The fields of each sink, open ones as far as they are written. */
  told(): readonly (readonly LoggedField[])[];
}

/** A complete reader of a body, for given headers. */
export function openReader(headers: HeaderList, bounds: Limits = limits): Reading {
  const logs = [new EventLog(), new EventLog()];
  const raw = new RawDecoder(logs[1] as EventLog, 'REQUEST_BODY');
  const reader = new BodyReader({
    headers,
    sink: bodySinkOf(logs[0] as EventLog, {
      openReading: () => {
        const reading = new EventLog();
        logs.push(reading);
        return reading;
      },
      writeRaw: (bytes) => raw.write(bytes),
      endRaw: () => raw.end(),
    }),
    limits: bounds,
  });
  // Alternate readings of a value are reported with it, apart from the escape in which it breaks off.
  const told = () => logs.map((log) => log.told.filter(({ source }) => !source.endsWith('_READING')));
  return Object.assign(reader, { told });
}

/** Runs a step. False if the body is rejected. */
function isTaken(step: () => void): boolean {
  try {
    step();
    return true;
  } catch (thrown) {
    if (thrown instanceof WafError && thrown.code.startsWith('body.')) return false;
    throw thrown;
  }
}

/** The last offset up to `from` at which nothing is held: one of several readings of a body may be in the middle of something. */
function restingPoint(open: () => Reading, bytes: Uint8Array, from: number): number {
  for (let offset = from; offset > 0; ) {
    const reading = open();
    if (!isTaken(() => reading.write(bytes.subarray(0, offset)))) return offset;
    reading.flush();
    if (reading.heldBytes === 0) return offset;
    offset -= reading.heldBytes;
  }
  return 0;
}

/** A name that is cut short by the end here may have continued there; a line break at the end may be that of a delimiter. */
const tellsAll = (seen: LoggedField, field: LoggedField): boolean =>
  seen.source === field.source &&
  (seen.name === field.name
    ? seen.value.startsWith(field.value.replace(/\r?\n?$/, ''))
    : field.value === '' && seen.name.startsWith(field.name));

/** A name that is too long to be kept is reported as a value; a field without a name has none. */
const isKnownName = (name: string, told: readonly LoggedField[]): boolean =>
  name === '' || told.some((field) => field.value.startsWith(name));

const shown = ({ source, name, value }: LoggedField): string => `${source} ${printable(name)} = ${printable(value)}`;

/**
 * Throws unless everything in `chunks` that is not held has been reported. Returns the number of bytes that are not held.
 * @param open opens a new reading with the same headers.
 */
export function assertToldUnlessHeld(open: () => Reading, chunks: readonly Uint8Array[]): number {
  const reading = open();
  const bytes = Buffer.concat(chunks);
  const isRefused = !isTaken(() => {
    for (const chunk of chunks) reading.write(chunk);
    reading.flush();
  });
  // What a policy lets pass then is counted, not reported.
  if (isRefused) return bytes.length;
  const { heldBytes } = reading;
  if (!(heldBytes >= 0 && heldBytes <= bytes.length)) throw new Error(`${heldBytes} of ${bytes.length} bytes are held`);
  const told = reading.told();
  const until = restingPoint(open, bytes, bytes.length - heldBytes);
  const whole = open();
  isTaken(() => {
    if (until > 0) whole.write(bytes.subarray(0, until));
    whole.end();
  });
  for (const [sink, fields] of whole.told().entries()) {
    for (const [index, field] of fields.entries()) {
      const seen = told[sink]?.[index];
      if (seen !== undefined && tellsAll(seen, field)) continue;
      if (field.value === '' && isKnownName(field.name, told[sink] ?? [])) continue;
      throw new Error(
        `of ${printable(bytes.toString('latin1'))}, ${heldBytes} bytes are held, and this is not told of the rest:\n` +
          `  ${shown(field)}\nbut ${seen === undefined ? 'nothing' : shown(seen)}`,
      );
    }
  }
  return until;
}
