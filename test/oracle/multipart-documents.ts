// Multipart bodies as fast-check arbitraries: as browsers send them, and in the ways in which parsers are known to differ.

import fc from 'fast-check';
import { edited, edits } from './mutations.ts';
import type { OracleRequest } from './reading.ts';

const boundary = 'b0Un-d';

/** Content that holds no delimiter. */
const content = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text).toString('latin1')),
  fc.constantFrom(
    "1' OR 1=1",
    '<script>',
    '--',
    '\r\n',
    '\r\n--',
    '--b0Un',
    '\r',
    '\n--b0Un-\n',
    '',
    '=3Cscript>',
    'PHNjcmlwdD4=',
  ),
  fc.constantFrom('/etc/passwd', '<\0s\0>\0', "' OR 10=10", 'a=\r\nb', '\xff\xfe<\0'),
);
const word = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom('a', 'b', '[', ']', '.', '%22', 'é', '<', '\\', ';', '=', "'", ' '),
      maxLength: 6,
    }),
    fc.constantFrom('file', '../../etc/passwd', 'C:\\x\\y.php', 'a;b', '__proto__'),
  )
  .map((text) => Buffer.from(text).toString('latin1'));

interface Part {
  readonly headers: readonly string[];
  readonly content: string;
}

const browserPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    headers: word.map((key) => [`Content-Disposition: form-data; name="x${key}"`.replaceAll('\\', '')]),
    content,
  }),
  fc.record({
    headers: fc
      .tuple(word, word)
      .map(([key, file]) => [
        `Content-Disposition: form-data; name="x${key}"; filename="x${file}"`.replaceAll('\\', ''),
        'Content-Type: text/plain',
      ]),
    content,
  }),
);

const body = (parts: readonly Part[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n${part.content}\r\n`).join('')}--${boundary}--\r\n`;

/** As browsers send them. */
export const wellFormedMultipart: fc.Arbitrary<OracleRequest> = fc
  .array(browserPart, { minLength: 1, maxLength: 4 })
  .map((parts) => ({
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(body(parts), 'latin1'),
  }));

/** N, M: names; F: a file name; each as a header might have it. */
const dispositions = [
  ...['form-data; name="N"', 'form-data; name=N', "form-data; name='N'", 'form-data; name="N"; name="M"'],
  ...['form-data; name="N"; filename="F"', 'form-data; name="N"; filename=F', 'form-data; filename="F"; name="N"'],
  ...['form-data; name="N"; filename*=utf-8\'\'F%3c%22', 'form-data; name="N"; filename*=utf-16le\'\'%3c%00s%00'],
  ...['form-data; name="N"; filename="F"; filename*=UTF-8\'\'G%3c', 'form-data; name="N"; filename="F"; filename="G"'],
  ...["form-data; name*=utf-8''N%3c", 'form-data; name*0="N"; name*1="M"', 'FORM-DATA; NAME="N"', 'form-data;name="N"'],
  ...[
    'form-data; name="a\\"N"',
    'form-data; name="a\\\\N"',
    'form-data; name="a\\N"',
    'form-data; name="N',
    'form-data',
  ],
  ...[
    'form-data; filename="F"',
    'attachment; name="N"',
    'form-data; name = "N"',
    'form-data; name="N"; x=y',
    'form-data; name=""',
  ],
  ...['form-data;\r\n name="N"', 'form-data; name="N";', 'form-data name="N"', 'form-data; x="name=M"; name="N"'],
  ...['form-data; name="N" filename="F"', 'form-data; name="N"; filename=""', 'form-data; name="N"; filename', ''],
  ...[
    'form-data; name="N"; filename*0=F; filename*1=G',
    'form-data; name="N"; filename*=\'\'F',
    'form-data; name="N\0"',
  ],
  ...[
    'form-data; name="N"; filename ="F"',
    'form-data; name="N";filename\t="F"',
    'form-data; name="N"; FILENAME="F"',
    'form-data; name="N";\r\n filename="F"',
    'form-data; name="N";\r\n\tfilename="F"',
    'form-data; name="N\\"; filename="F"',
    'form-data; name="N\\\\"; filename="F"',
    'form-data; ;name=\'N\';filename="F"',
    'form-data; name="N"; filename= "F"',
    'form-data; name="N"; xfilename="F"',
    'form-data; name="N"; filename==F',
    'form-data; name="N"; "filename"="F"',
    'form-data; name="N"; file\0name="F"',
    'form-data; name="N"\x0b; filename="F"',
    'form-data; name="N", filename="F"',
    'form-data; name="N"; filename*=UTF-8\'\'F',
    'form-data; name="N"; filename*=UTF-8\'en\'F; filename="G"',
    'form-data; filename="F"; name="N\\"',
  ],
  ...[
    'form-data; name="N"; filename="F\0.jpg"',
    'form-data; name=N;filename="F";',
    'x; name="N"',
    'form-data; name="N"x',
  ],
];

const otherHeaders = [
  ...[
    'Content-Type: text/plain',
    'Content-Type: text/plain; charset=utf-16le',
    'Content-Type: text/plain; charset=ucs2',
  ],
  ...[
    'Content-Type: text/plain; charset=utf16le',
    'Content-Type: text/plain; charset=latin1',
    'Content-Type: application/octet-stream',
  ],
  ...[
    'Content-Type: text/plain; charset=base64',
    'Content-Type: text/plain; charset=utf-7',
    'Content-Type: text/plain;charset="utf-16"',
  ],
  ...['Content-Type: text/plain; charset=utf-8; charset=utf-16le', 'Content-Type: text/plain; charset=iso-2022-jp'],
  ...['Content-Type: multipart/mixed; boundary=c', 'Content-Type: application/json', 'Content-Type:'],
  ...[
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-Transfer-Encoding: 8bit',
  ],
  ...[
    'content-transfer-encoding:BASE64',
    'Content-Transfer-Encoding: x',
    'Content-Length: 1',
    'X: y',
    ': y',
    'x',
    ' folded',
  ],
  ...[
    'Content-Disposition: form-data; name="second"',
    'Content-Disposition : form-data; name="spaced"',
    'X:\0',
    '\tfolded',
  ],
  ...[
    'Content-Encoding: gzip',
    'Content-Type: text/plain; charset=UTF-16BE',
    'Content-Type: text/plain; charset="utf-8',
  ],
];

/** B: the boundary. */
const contentTypes = [
  ...['multipart/form-data; boundary=B', 'multipart/form-data; boundary="B"', 'multipart/form-data; boundary="B'],
  ...[
    'multipart/form-data; boundary=B; boundary=c',
    'multipart/form-data; boundary=c; boundary=B',
    'multipart/form-data;boundary=B',
  ],
  ...[
    'multipart/form-data; boundary*0=B',
    "multipart/form-data; boundary*=utf-8''B",
    'multipart/form-data; boundary*0=b0Un; boundary*1=-d',
  ],
  ...[
    'multipart/form-data; BOUNDARY=B',
    'multipart/form-data; boundary = B',
    'multipart/form-data; charset=utf-8; boundary=B',
  ],
  ...[
    'multipart/form-data; boundary=B,c',
    'multipart/form-data; boundary=B;',
    "multipart/form-data; boundary='B'",
    'multipart/form-data',
  ],
  ...[
    'multipart/form-data, boundary=B',
    'multipart/mixed; boundary=B',
    'multipart/form-datax; boundary=B',
    'multipart/form-data; boundary=',
  ],
  ...[
    'multipart/form-data; boundary="b0Un\\-d"',
    'multipart/form-data; x="boundary=c"; boundary=B',
    'multipart/form-data; boundary=B x',
  ],
  ...[
    'multipart/form-data;\tboundary=B',
    'multipart/form-data; x; boundary=B',
    'multipart/form-data; boundary="B"; x',
    ' multipart/form-data; boundary=B',
  ],
  ...[
    'multipart/form-data; boundary=c; Boundary=B',
    'multipart/form-data; xboundary=c; boundary=B',
    'multipart/form-data boundary=B',
  ],
  ...[
    'multipart/form-data; boundary=b0Un',
    'multipart/form-data; boundary=B-',
    'multipart/form-data; boundary="B "',
    'multipart/form-data; boundary=%62B',
  ],
];

const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r\n', ' \r\n', '');
const delimiter = fc.constantFrom(
  '--B',
  '--B',
  '--B',
  '--B',
  '--B ',
  '--B\t',
  '-- B',
  '--Bx',
  '--b0un-d',
  '\n--B',
  '--B--',
  '---B',
);
const final = fc.constantFrom(
  '--B--',
  '--B--',
  '--B--\r\n',
  '--B',
  '--B-',
  '--B--x',
  '',
  '--B--\r\n--B\r\n',
  '--B--\r\nepilogue',
  '--B --',
);

/** What may precede, interrupt or follow a delimiter that is not one, or is one only for some parsers. */
const beforeDelimiter = [
  'x',
  '\r',
  '\v',
  '\f',
  '\x85',
  '\xe2\x80\xa8',
  '-',
  ' ',
  '\0',
  '\n\r',
  '\r\n-',
  '\r\n ',
] as const;
const behindDelimiter = ['\r\n', '\n', 'x\r\n', '-\r\n', '--\r\n', ' \r\n', '\r', '\t\r\n', '\0\r\n'] as const;
const hidden = fc
  .tuple(fc.constantFrom(...beforeDelimiter), fc.constantFrom(...behindDelimiter))
  .map(([before, behind]) => `${before}--B${behind}Content-Disposition: form-data; name="hidden"\r\n\r\n' or 1=1-- `);

const oddPart = fc
  .record({
    delimiter,
    disposition: fc.constantFrom(...dispositions),
    others: fc.array(fc.constantFrom(...otherHeaders), { maxLength: 2 }),
    isFirst: fc.boolean(),
    names: fc.tuple(word, word, word),
    ends: fc.tuple(lineEnd, lineEnd, lineEnd, lineEnd),
    content: fc.oneof({ weight: 3, arbitrary: content }, { weight: 1, arbitrary: hidden }),
  })
  .map((part) => {
    const [key, other, file] = part.names;
    const header = `Content-Disposition: ${part.disposition}`
      .replaceAll('N', () => key)
      .replaceAll('M', () => other)
      .replace(/(?<!FORM-)F(?!O)/g, () => file);
    const headers = part.isFirst ? [header, ...part.others] : [...part.others, header];
    const [afterDelimiter, afterHeader, afterHeaders, afterContent] = part.ends;
    return [
      part.delimiter,
      afterDelimiter,
      headers.join(afterHeader),
      afterHeader,
      afterHeaders,
      part.content,
      afterContent,
    ].join('');
  });

const oddBody = fc
  .tuple(
    fc.constantFrom('', '', '', 'preamble\r\n', '\r\n', '--c\r\n', 'x'),
    fc.array(oddPart, { minLength: 1, maxLength: 3 }),
    final,
  )
  .map(([before, parts, end]) => before + parts.join('') + end)
  .map((text) =>
    text.replaceAll('--B', `--${boundary}`).replaceAll('-- B', `-- ${boundary}`).replaceAll('---B', `---${boundary}`),
  );

const tokens = [
  ...[
    `--${boundary}`,
    `--${boundary}--`,
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\n\n',
    '--',
    '-',
    ':',
    ';',
    '=',
    '"',
    "'",
    '\\',
    '%22',
  ],
  ...[
    'name',
    'filename',
    'filename*',
    'name="',
    '; name="x"',
    '; filename="x"',
    'form-data',
    'Content-Disposition',
    ' ',
    '\t',
  ],
  ...[
    'Content-Disposition: form-data; name="t"\r\n',
    'Content-Type: text/plain\r\n',
    '\0',
    '\x0b',
    '\xff',
    '\xa0',
    '\x85',
    '\x1f',
  ],
];

/** Anything: odd parts under odd types, then edited or not. */
export const hostileMultipart: fc.Arbitrary<OracleRequest> = fc
  .record({
    type: fc.oneof(fc.constant(contentTypes[0] as string), fc.constantFrom(...contentTypes)),
    text: fc.oneof(
      oddBody,
      wellFormedMultipart.map((request) => Buffer.from(request.body).toString('latin1')),
    ),
    changes: fc.oneof(fc.constant([]), edits(tokens)),
  })
  .map(({ type, text, changes }) => ({
    contentType: type.replace('B', () => boundary),
    body: edited(Buffer.from(text, 'latin1'), changes),
  }));

/** One part under the usual type; line ends of `part` are CRLF. */
export function onePart(part: string, contentType = 'multipart/form-data; boundary=b'): OracleRequest {
  return { contentType, body: Buffer.from(`--b\r\n${part.replaceAll('\n', '\r\n')}\r\n--b--\r\n`, 'latin1') };
}
