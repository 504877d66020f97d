// What a decoder says that it holds, and whether that is all: what it told of the bytes before is what it would have told if the
// body had ended there. So nothing that was let go has been seen by no rule.

import { WafError } from '../../src/base/errors.ts';
import { type Limits, limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import type { Holding } from '../../src/body/decoder.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { bodySinkOf } from './body-sink.ts';
import { EventLog, type LoggedField, printable } from './event-log.ts';

/** Something that reads a body, and what its sinks were told. */
export interface Reading extends Holding {
  write(chunk: Uint8Array): void;
  /** Reads all that can be read without more bytes. */
  flush(): void;
  end(): void;
  /** The fields of each sink, open ones as far as they are written. */
  told(): readonly (readonly LoggedField[])[];
}

/** A whole reader of a body under a head. */
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
  // Further readings of a value are told with it, but for the escape that it breaks off in.
  const told = () => logs.map((log) => log.told.filter(({ source }) => !source.endsWith('_READING')));
  return Object.assign(reader, { told });
}

/** Runs a step; a body that is refused is refused. False then. */
function isTaken(step: () => void): boolean {
  try {
    step();
    return true;
  } catch (thrown) {
    if (thrown instanceof WafError && thrown.code.startsWith('body.')) return false;
    throw thrown;
  }
}

/** The last offset up to `from` at which nothing is held: of several readings of a body one may be in the midst of something. */
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

/** A name that was cut short by the end here may have gone on there; a line break at the end may be that of a delimiter. */
const tellsAll = (seen: LoggedField, field: LoggedField): boolean =>
  seen.source === field.source &&
  (seen.name === field.name
    ? seen.value.startsWith(field.value.replace(/\r?\n?$/, ''))
    : field.value === '' && seen.name.startsWith(field.name));

/** A name too long to be kept is told as a value; there is nothing in a field without a name. */
const isKnownName = (name: string, told: readonly LoggedField[]): boolean =>
  name === '' || told.some((field) => field.value.startsWith(name));

const shown = ({ source, name, value }: LoggedField): string => `${source} ${printable(name)} = ${printable(value)}`;

/**
 * Throws unless all is told of `chunks` that is not held. Returns the bytes that are not held.
 * @param open opens a new reading of the same head.
 */
export function assertToldUnlessHeld(open: () => Reading, chunks: readonly Uint8Array[]): number {
  const reading = open();
  const bytes = Buffer.concat(chunks);
  const isRefused = !isTaken(() => {
    for (const chunk of chunks) reading.write(chunk);
    reading.flush();
  });
  // What a policy lets pass then is counted, not told.
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
