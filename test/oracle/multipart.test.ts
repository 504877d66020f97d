// Multipart forms compared with the parsers of applications.

import { hostileMultipart, onePart, wellFormedMultipart } from './multipart-documents.ts';
import { multipartExceptions } from './multipart-exceptions.ts';
import { multipartParsers } from './multipart-parsers.ts';
import { oraclesOf, startPeers } from './peers/peers.ts';
import { declareTrial } from './trial.ts';

const named = 'Content-Disposition: form-data; name="a"';
const text = 'Content-Type: text/plain';
const usual = 'multipart/form-data; boundary=b';
const raw = (body: string, contentType = usual) => ({ contentType, body: Buffer.from(body, 'latin1') });

const peers = await startPeers('multipart');

declareTrial({
  format: 'multipart',
  oracles: [...multipartParsers, ...oraclesOf(peers, 'multipart')],
  missing: peers.missing,
  // With thirteen parsers, some ten thousand bodies show a new difference: that is for long runs.
  seed: 1,
  exceptions: multipartExceptions,
  blockCauses: ['parse', 'limit.body'],
  wellFormed: wellFormedMultipart,
  hostile: hostileMultipart,
  cases: [
    ['an empty body', raw('')],
    ['only a last delimiter', raw('--b--\r\n')],
    ['a field', onePart(`${named}\n\n<script>`)],
    ['a field in UTF-16, as Node calls it', onePart(`${named}\n${text}; charset=utf16le\n\n<\0s\0>\0`)],
    ['a field in UCS-2', onePart(`${named}\n${text}; charset=ucs2\n\n<\0s\0>\0`)],
    ['a field in an unknown charset', onePart(`${named}\n${text}; charset=utf-7\n\n+ADw-script+AD4-`)],
    ['a field in two charsets', onePart(`${named}\n${text}; charset=utf-16le; charset=utf-8\n\n<script>xx`)],
    ['a field that claims UTF-16', onePart(`${named}\n${text}; charset=utf-16le\n\n<script>xx`)],
    ['a field in base64 that is plain', onePart(`${named}\nContent-Transfer-Encoding: base64\n\n/etc/passwd`)],
    ['a field in base64', onePart(`${named}\nContent-Transfer-Encoding: base64\n\nPHNjcmlwdD4=`)],
    [
      'a field in quoted-printable that is plain',
      onePart(`${named}\nContent-Transfer-Encoding: quoted-printable\n\n' OR 10=10`),
    ],
    [
      'a file in base64 that is plain',
      onePart(`${named}; filename="f"\nContent-Transfer-Encoding: base64\n\n/etc/passwd`),
    ],
    ['a file without a name', onePart(`${named}\nContent-Type: application/octet-stream\n\n<script>`)],
    ['a file name in UTF-16', onePart(`${named}; filename*=utf-16le''%3c%00s%00\n\nx`)],
    ['a file name in Latin-1', onePart(`${named}; filename*=iso-8859-1''%3cs%e9\n\nx`)],
    ['a file name in an unknown charset', onePart(`${named}; filename*=utf-7''%2BADw-\n\nx`)],
    ['a file name said twice', onePart(`${named}; filename="f"; filename*=utf-8''g%3c\n\nx`)],
    ['a name that is extended', onePart(`Content-Disposition: form-data; name*=utf-8''a%3c\n\nx`)],
    ['a name with escapes', onePart('Content-Disposition: form-data; name="a\\"b\\\\c\\d%22"\n\nx')],
    ['a name with a semicolon', onePart('Content-Disposition: form-data; name="a;b=c"\n\nx')],
    ['a name in single quotes', onePart("Content-Disposition: form-data; name='a b'\n\nx")],
    ['a name behind another parameter', onePart('Content-Disposition: form-data; x="; name=b"; name="a"\n\n<')],
    ['two headers of a kind', onePart(`${named}\nContent-Disposition: form-data; name="b"\n\n<`)],
    ['a folded header', onePart('Content-Disposition: form-data;\n name="a"\n\n<')],
    ['a header with a space before its colon', onePart('Content-Disposition : form-data; name="a"\n\n<')],
    ['LF alone', raw(`--b\n${named}\n\n<script>\n--b--\n`)],
    ['CR alone', raw(`--b\r${named}\r\r<script>\r--b--\r`)],
    [
      'a preamble and an epilogue',
      raw(`<pre>\r\n--b\r\n${named}\r\n\r\n<\r\n--b--\r\n--b\r\n${named}\r\n\r\n<epilogue>`),
    ],
    ['no line break before the first delimiter', raw(`x--b\r\n${named}\r\n\r\n<script>\r\n--b--`)],
    ['no end', raw(`--b\r\n${named}\r\n\r\n<script>`)],
    ['no end, and a line break', raw(`--b\r\n${named}\r\n\r\n<script>\r\n`)],
    ['a delimiter that goes on', raw(`--b\r\n${named}\r\n\r\n1\r\n--bc\r\n${named}\r\n\r\n<\r\n--b--`)],
    ['white space behind a delimiter', raw(`--b \t\r\n${named}\r\n\r\n<\r\n--b  --\r\n--b-- `)],
    [
      'a boundary that another begins with',
      raw(`--b\r\n${named}\r\n\r\n<\r\n--bb\r\n\r\n--b--`, `${usual}b; boundary=b`),
    ],
    ['a mixed part in a form', onePart(`${named}\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n<\n--c--`)],
  ],
});
