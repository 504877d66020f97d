// Weir's reading of a body: the fields that rules see, and whether the default failure policy blocks.

import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { decideFailure, failureCause } from '../../src/decision/failure-mode.ts';
import { bodySinkOf } from '../support/body-sink.ts';
import { type LoggedField, printable, ReadingLogs } from '../support/event-log.ts';

/** A body and the headers that determine how to read it. */
export interface OracleRequest {
  /** Absent: no Content-Type at all. */
  readonly contentType: string | undefined;
  readonly contentEncoding?: string;
  readonly body: Uint8Array;
}

/** The result for a body. */
export interface Reading {
  readonly fields: readonly LoggedField[];
  /** The bytes that rules see as REQUEST_BODY: content encodings decoded. */
  readonly body: Buffer;
  /** Facts, sorted. */
  readonly facts: readonly string[];
  /** `cause: message` of each failure. */
  readonly failures: readonly string[];
  /** The first failure that the default policy blocks. */
  readonly block: { readonly cause: string; readonly message: string } | undefined;
}

/** Reads a body in chunks that end at `cuts` (offsets, ascending, at most the body's length). */
export function readBody(request: OracleRequest, cuts: readonly number[]): Reading {
  const logs = new ReadingLogs();
  const body: Buffer[] = [];
  const failures: string[] = [];
  let block: Reading['block'];
  const reader = new BodyReader({
    headers: headersOf(request),
    sink: bodySinkOf(logs.first, {
      openReading: logs.openReading,
      writeRaw: (bytes) => void body.push(Buffer.from(bytes)),
      fail: ({ code, message }) => {
        const cause = failureCause(code);
        failures.push(`${cause}: ${message}`);
        if (decideFailure({ cause, phase: 2 }, 'On').kind === 'block') block ??= { cause, message };
      },
    }),
    limits,
  });
  for (const [index, end] of [...cuts, request.body.length].entries()) {
    reader.write(Uint8Array.from(request.body.subarray(cuts[index - 1] ?? 0, end)));
  }
  reader.end();
  if (logs.isOpen) throw new Error('a field was left open');
  const facts = logs.all.flatMap((log) => [...log.facts]).map(([name, value]) => `${name} = ${printable(value)}`);
  facts.sort((left, right) => (left < right ? -1 : 1));
  return { fields: logs.fields, body: Buffer.concat(body), facts, failures, block };
}

function headersOf({ contentType, contentEncoding }: OracleRequest): { name: string; value: string }[] {
  return [
    ...(contentType === undefined ? [] : [{ name: 'content-type', value: contentType }]),
    ...(contentEncoding === undefined ? [] : [{ name: 'content-encoding', value: contentEncoding }]),
  ];
}

/** A readable form of a request for failed tests. */
export function printRequest({ contentType, contentEncoding, body }: OracleRequest): string {
  const head = [`content-type: ${contentType === undefined ? '(none)' : printable(contentType)}`];
  if (contentEncoding !== undefined) head.push(`content-encoding: ${contentEncoding}`);
  return `${head.join('\n')}\n\n${printable(Buffer.from(body).toString('latin1')).slice(0, 4000)}`;
}
