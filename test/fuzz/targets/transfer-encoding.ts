// Content of parts in base64 and quoted-printable. Settings: 1 quoted-printable. What was encoded is among what is
// reported.

import { openTransferDecoder } from '../../../src/body/coding/transfer-encoding.ts';
import { RawDecoder } from '../../../src/body/raw.ts';
import { printable } from '../../support/event-log.ts';
import { assertCutInvariant, assertHolds, type FuzzTarget, splitSettings } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 10_000,
  words: ['QUFB', '=', '==', '=41', '=\r\n', '=\n', '=4', '\r\n', '-', '_', '=='],
  branchesMax: (bytes) => 5_000 + 400 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const encoding = (settings & 1) === 0 ? 'base64' : 'quoted-printable';
    const read = (body: Uint8Array): string[] =>
      assertCutInvariant(
        (sink) => {
          const raw = new RawDecoder(sink, 'REQUEST_BODY');
          return openTransferDecoder(encoding, raw) ?? raw;
        },
        body,
        { fields: 1, valueBytes: 3 * body.length + 1024 },
      );
    assertHolds(!read(rest).some((line) => line.startsWith('THROWS')), 'content is never refused');
    const text = printable(Buffer.from(rest).toString('latin1'));
    const value = `REQUEST_BODY  = ${text}`.trimEnd();
    const encoded =
      encoding === 'base64'
        ? Buffer.from(rest).toString('base64')
        : rest.reduce((sofar, byte) => `${sofar}=${byte.toString(16).padStart(2, '0').toUpperCase()}`, '');
    const [line = ''] = read(Buffer.from(encoded));
    assertHolds(
      rest.length === 0 ? line === '' : line === value,
      `what was encoded in ${encoding} comes out as ${line}`,
    );
  },
};
