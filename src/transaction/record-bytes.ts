// About how much memory a record holds: of what came from outside, lengths; of the rest, a constant. Knows no sink.

import type { HeaderList } from '../http/headers.ts';
import type { TransactionRecord } from './record.ts';

/** Objects of one record, one header and one match, without their texts. */
const objectBytes = { record: 2_048, header: 96, match: 512 } as const;

function headerBytes(headers: HeaderList = []): number {
  let bytes = objectBytes.header * headers.length;
  for (const { name, value } of headers) bytes += name.length + value.length;
  return bytes;
}

/** Bytes, about. Texts have one byte for each character. */
export function recordBytes({ request, response, matches, problems, attributes }: TransactionRecord): number {
  let bytes = objectBytes.record + headerBytes(request?.headers) + headerBytes(response?.headers);
  bytes += request?.target.length ?? 0;
  for (const { message, logData, variable } of matches) {
    bytes += objectBytes.match + message.length + logData.length + variable.length;
  }
  for (const { message } of problems) bytes += message.length;
  for (const value of Object.values(attributes)) if (typeof value === 'string') bytes += value.length;
  return bytes;
}
