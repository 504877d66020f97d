// Multipart bodies. The first line is the Content-Type; one that begins with `!` has small limits.

import { limits } from '../../../src/base/limits.ts';
import { MultipartDecoder } from '../../../src/body/multipart/multipart.ts';
import { assertCutInvariant, type FuzzTarget, splitLine } from '../target.ts';

const small = {
  fieldNameBytesMax: 24,
  multipartBoundaryBytesMax: 20,
  multipartHeaderBytesMax: 120,
  multipartPartsMax: 3,
  multipartFilesMax: 1,
};

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 12_000,
  words: [
    ...['multipart/form-data; boundary=b', '--b\r\n', '\r\n--b\r\n', '\r\n--b--\r\n', '\r\n', '\n', '\r', '--', ' \t'],
    ...[
      'Content-Disposition: form-data; name="a"',
      '; filename="f"',
      "; filename*=UTF-8''f",
      'Content-Type: text/plain',
    ],
    ...['Content-Transfer-Encoding: base64', 'quoted-printable', 'charset=utf-16', '=41', 'QUFB', '\\"', 'boundary="'],
    ...['Content-Type: multipart/mixed; boundary=c', '; name*0="a"', 'name=a'],
  ],
  branchesMax: (bytes) => 60_000 + 800 * bytes,
  run: (input) => {
    const { line, rest } = splitLine(input);
    const isSmall = line.startsWith('!');
    const contentType = isSmall ? line.slice(1) : line;
    assertCutInvariant(
      (sink) => new MultipartDecoder(sink, contentType, isSmall ? { ...limits, ...small } : limits),
      rest,
      { fields: 2 * rest.length, valueBytes: 4 * rest.length + 64 },
    );
  },
};
