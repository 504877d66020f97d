// Requests that make rules and head parsers work hardest, as far as we could find: many hits, many fields, and long values of what patterns
// begin with. At any length.

import { flood } from './worst-values.ts';

/** One request. */
export interface WorstExchange {
  readonly name: string;
  readonly make: (bytes: number) => {
    readonly target: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: Buffer;
  };
}

const formType = ['content-type', 'application/x-www-form-urlencoded'] as const;
const jsonType = ['content-type', 'application/json'] as const;
const sqli = "1' UNION SELECT password FROM users-- -";
const empty = Buffer.alloc(0);

/** What patterns of the CRS begin with or consist of. */
const valueFills: readonly string[] = [
  ...['a', ' ', "'", '"', '(', ')', ';', '|', '$', '`', '\\', '/', '<', '>', '=', '{', '%2541', '&#65;', '../', '/**/'],
  ...[
    'union ',
    'select from ',
    "' or 1=1 ",
    '<a on=',
    '<script>',
    '${',
    '$(',
    'b"a"s"h ',
    'c^u^r^l ',
    ';ls -la ',
    '/etc/',
  ],
  ...[
    '${jndi:',
    'eval(',
    'sleep(5) ',
    'javascript:',
    '\r\nSet-Cookie: a',
    'http://127.0.0.1/',
    'O:1:"a":',
    '%00',
    '\xc3\xa9',
  ],
  ...['1,2,', "''''", '0x41', 'and 1=1 ', '@@version ', 'a.b.c.', '#{', '<?php ', 'data:', '[]', '__proto__', 'b[[["'],
];

const formOf = (start: string, fill: string) => (bytes: number) => ({
  target: '/',
  headers: [formType],
  body: Buffer.concat([Buffer.from(start), flood(fill, bytes)]),
});

const longValues: readonly WorstExchange[] = valueFills.map((fill) => ({
  name: `one argument ${JSON.stringify(fill)}`,
  make: (bytes: number) => {
    const escaped = [...flood(fill, Math.ceil(bytes / 3))].map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
    return { target: '/', headers: [formType], body: Buffer.from(`a=${escaped.join('')}`) };
  },
}));

const manyFields: readonly WorstExchange[] = [
  { name: 'arguments of the same name', make: formOf('', 'a=1&') },
  { name: 'arguments without a name', make: formOf('', '=1&') },
  { name: 'attacks in every argument', make: formOf('', `a=${encodeURIComponent(sqli)}&`) },
  { name: 'attacks in every name', make: formOf('', `${encodeURIComponent(sqli)}=a&`) },
  { name: 'attacks in one argument', make: formOf('a=', encodeURIComponent(sqli)) },
  { name: 'a hit in every argument', make: formOf('', "a='&") },
  { name: 'different names', make: numbered((n) => `a${n}=1&`, '', '', formType) },
  {
    name: 'different names with attacks',
    make: numbered((n) => `a${n}=${encodeURIComponent(sqli)}&`, '', '', formType),
  },
  { name: 'keys of JSON', make: numbered((n) => `"k${n}":1,`, '{', '"z":1}', jsonType) },
  { name: 'keys of JSON with attacks', make: numbered((n) => `"k${n}":"${sqli}",`, '{', '"z":1}', jsonType) },
  { name: 'an array of attacks', make: numbered(() => `"${sqli}",`, '[', '1]', jsonType) },
  {
    name: 'parts with attacks',
    make: numbered((n) => `--b\r\nContent-Disposition: form-data; name="a${n}"\r\n\r\n${sqli}\r\n`, '', '--b--\r\n', [
      'content-type',
      'multipart/form-data; boundary=b',
    ]),
  },
];

function numbered(
  text: (n: number) => string,
  start: string,
  end: string,
  type: readonly [string, string],
): WorstExchange['make'] {
  return (bytes) => {
    let body = start;
    for (let n = 0; body.length < bytes; n += 1) body += text(n);
    return { target: '/', headers: [type], body: Buffer.from(`${body}${end}`) };
  };
}

const inTarget = (start: string, fill: string) => (bytes: number) => ({
  target: `/${start}${flood(fill, bytes).toString('latin1')}`,
  headers: [],
  body: empty,
});

const inHeader = (name: string, start: string, fill: string) => (bytes: number) => ({
  target: '/',
  headers: [[name, `${start}${flood(fill, bytes).toString('latin1')}`] as const],
  body: Buffer.from('a=b'),
});

const heads: readonly WorstExchange[] = [
  ...['a=1&', '&', '%', '%4', 'a', '=', '+', "a='&", '?', ';'].map((fill) => ({
    name: `a query ${JSON.stringify(fill)}`,
    make: inTarget('?', fill),
  })),
  ...['../', '/', 'a/', '%2e', './', '%'].map((fill) => ({
    name: `a path ${JSON.stringify(fill)}`,
    make: inTarget('', fill),
  })),
  ...['a=b; ', ';', ' ', '=', 'a', '"', 'a=', '; ', 'a="', ','].map((fill) => ({
    name: `cookies ${JSON.stringify(fill)}`,
    make: inHeader('cookie', '', fill),
  })),
  ...[' ', ';', ';a=b', '; a="', '"', '\\', 'a', '/', ',', '; ', '=', '\t ;'].flatMap((fill) => [
    { name: `a content type ${JSON.stringify(fill)}`, make: inHeader('content-type', 'text/plain', fill) },
    {
      name: `a boundary ${JSON.stringify(fill)}`,
      make: inHeader('content-type', 'multipart/form-data; boundary=', fill),
    },
  ]),
  ...[',', ' ', 'gzip,', 'identity,', 'a'].map((fill) => ({
    name: `content codings ${JSON.stringify(fill)}`,
    make: inHeader('content-encoding', '', fill),
  })),
  ...['a', ' ', "'", '"', '(', 'x.', ':', '1.', ',', '127.0.0.1, '].flatMap((fill) =>
    ['user-agent', 'referer', 'host', 'x-forwarded-for', 'authorization', 'range', 'accept'].map((name) => ({
      name: `${name} ${JSON.stringify(fill)}`,
      make: inHeader(name, '', fill),
    })),
  ),
  {
    name: 'headers',
    make: (bytes) => ({
      target: '/',
      headers: Array.from({ length: Math.ceil(bytes / 10) }, (_, n) => [`x-${n % 1000}`, `${n}`] as const),
      body: empty,
    }),
  },
  {
    name: 'headers of one name',
    make: (bytes) => ({
      target: '/',
      headers: Array.from({ length: Math.ceil(bytes / 10) }, (_, n) => ['x-again', `${n}`] as const),
      body: empty,
    }),
  },
  {
    name: 'headers with attacks',
    make: (bytes) => ({
      target: '/',
      headers: Array.from({ length: Math.ceil(bytes / 50) }, (_, n) => [`x-${n}`, sqli] as const),
      body: empty,
    }),
  },
];

/** All of them. */
export const worstExchanges: readonly WorstExchange[] = [...manyFields, ...longValues, ...heads];
