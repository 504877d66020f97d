// The definition of a fuzz target, and what targets share: cuts that an input defines, a log of what a decoder reported,
// bounds on it.

import { WafError } from '../../src/base/errors.ts';
import type { Decoder } from '../../src/body/decoder.ts';
import type { FieldSink } from '../../src/http/field.ts';
import { cutAt, EventLog } from '../support/event-log.ts';

/** Code that takes any bytes, and the properties that must hold for all of them. */
export interface FuzzTarget {
  readonly inputBytesMax: number;
  /** Words worth inserting into inputs (byte strings), in addition to the string literals of the sources. */
  readonly words: readonly string[];
  /** Initial inputs, in addition to the corpus. */
  readonly seeds?: () => readonly Uint8Array[];
  /** The most branches that an input may make the sources take: work, the same on every machine. */
  readonly branchesMax: (inputBytes: number) => number;
  /** Throws if a property is violated. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

/** A number that depends on every byte (FNV-1a). */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Ascending offsets at which `bytes` are cut, chosen by the bytes themselves: another input, another cut. */
export function cutsOf(bytes: Uint8Array): number[] {
  let state = hashOf(bytes);
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const cuts = Array.from({ length: 1 + Math.floor(next() * 7) }, () => Math.floor(next() * (bytes.length + 1)));
  return cuts.sort((left, right) => left - right);
}

/** Cuts into single bytes, of the beginning of long inputs. */
export function singleBytes(bytes: Uint8Array): number[] {
  return Array.from({ length: Math.min(bytes.length, 96) }, (_, index) => index + 1);
}

/** The first byte, which chooses settings, and the rest. `A` is 1, `B` is 2, and so on: five bits. */
export function splitSettings(input: Uint8Array): { readonly settings: number; readonly rest: Uint8Array } {
  return { settings: (input[0] ?? 0) & 0x1f, rest: input.subarray(1) };
}

/** The first line, and what follows it. */
export function splitLine(input: Uint8Array): { readonly line: string; readonly rest: Uint8Array } {
  const end = input.indexOf(0x0a);
  const line = Buffer.from(end === -1 ? input : input.subarray(0, end)).toString('latin1');
  return { line, rest: end === -1 ? new Uint8Array(0) : input.subarray(end + 1) };
}

/** Throws with the sentence if a property is violated. */
export function assertHolds(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

/** Limits of a decoder's output for a given number of bytes. */
export interface OutputBounds {
  readonly fields: number;
  readonly valueBytes: number;
}

/** Codes that decoders document. */
const decoderCodes = new Set(['body.malformed', 'body.limit']);

/** What a decoder reported of `chunks`, as lines. Throws for what it must never do. */
export function logOf(
  make: (sink: FieldSink) => Decoder,
  chunks: readonly Uint8Array[],
  bounds: OutputBounds,
): string[] {
  const log = new EventLog();
  const decoder = make(log);
  const failure: string[] = [];
  try {
    for (const chunk of chunks) decoder.write(chunk);
    decoder.end();
  } catch (thrown) {
    if (!(thrown instanceof WafError && decoderCodes.has(thrown.code))) throw thrown;
    failure.push(`THROWS ${thrown.code}`);
  }
  assertIsClosed(decoder);
  assertHolds(!log.isOpen, 'a field was left open');
  assertHolds(log.fields.length <= bounds.fields, `${log.fields.length} fields, at most ${bounds.fields} can be`);
  const valueBytes = log.fields.reduce((sum, { value }) => sum + value.length, 0);
  assertHolds(valueBytes <= bounds.valueBytes, `${valueBytes} bytes of values, at most ${bounds.valueBytes} can be`);
  return [...log.lines(), ...failure];
}

/** After the end, or a failure, nothing is accepted any more. */
function assertIsClosed(decoder: Decoder): void {
  try {
    decoder.write(Uint8Array.of(0x61));
    decoder.end();
  } catch (thrown) {
    if (thrown instanceof WafError && thrown.code === 'body.malformed') return;
    throw thrown;
  }
  throw new Error('a decoder that has ended takes bytes');
}

/** Throws unless both are the same. */
export function assertSame(cut: readonly string[], whole: readonly string[], name: string): void {
  for (let index = 0; index < Math.max(cut.length, whole.length); index += 1) {
    if (cut[index] === whole[index]) continue;
    throw new Error(`${name} gives\n  ${cut[index] ?? '(nothing)'}\nand the whole\n  ${whole[index] ?? '(nothing)'}`);
  }
}

/** Throws unless a decoder reports the same for the whole body, for pieces, and for single bytes. */
export function assertCutInvariant(
  make: (sink: FieldSink) => Decoder,
  body: Uint8Array,
  bounds: OutputBounds,
): string[] {
  const whole = logOf(make, [Uint8Array.from(body)], bounds);
  const cuts = cutsOf(body);
  assertSame(logOf(make, cutAt(body, cuts), bounds), whole, `a cut at ${cuts.join(', ')}`);
  assertSame(logOf(make, cutAt(body, singleBytes(body)), bounds), whole, 'a cut into single bytes');
  return whole;
}
