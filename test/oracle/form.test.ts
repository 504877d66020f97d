// Forms compared with the parsers of applications.

import fc from 'fast-check';
import { formExceptions } from './form-exceptions.ts';
import { formParsers } from './form-parsers.ts';
import { edited, edits } from './mutations.ts';
import { oraclesOf, startPeers } from './peers/peers.ts';
import type { OracleRequest } from './reading.ts';
import { declareTrial } from './trial.ts';

const form = 'application/x-www-form-urlencoded';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const request = (body: string, contentType: string | undefined = form): OracleRequest => ({
  contentType,
  body: bytes(body),
});

const escaped = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
const word = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom("1' OR 1=1", '<script>', '../etc'))
  .map((text) => text.toWellFormed());
const key = fc.oneof(
  word.map(escaped),
  fc.constantFrom('a', 'a[]', 'a[b]', 'a[b][c]', 'a%5Bd%5D', 'a.b', '__proto__', 'constructor[x]', 'utf8'),
);
const pair = fc.oneof(
  fc.tuple(key, word.map(escaped)).map(([left, right]) => `${left}=${right}`),
  key,
);
const document = fc.array(pair, { minLength: 1, maxLength: 6 }).map((pairs) => pairs.join('&'));

const tokens = [
  ...['&', '=', '+', '%', ';', ',', '[', ']', '.', '?', '#', '\0', '\r\n', ' ', '%00', '%26', '%3D', '%2B', '%25'],
  ...['%u0041', '%C0%AF', '%ff', '%E2%82%AC', '%f0%9d%84%9e', '\xff', '\xe2\x82\xac', '%%', '%4', '&&', '==', '=&'],
  ...['[]', '[a]', '%5B', '%5D', '&#65;', '%26%2365%3B', 'utf8=%E2%9C%93&', 'utf8=%26%2310003%3B&', '\xef\xbb\xbf'],
];

const types = fc.constantFrom(
  ...[form, form, form, `${form}; charset=utf-8`, `${form};charset=UTF-8`, `${form}; charset=iso-8859-1`],
  ...[`${form} `, ` ${form}`, form.toUpperCase(), `${form}; charset=utf-7`, `${form}; charset="utf-8"`],
  ...[`${form}, text/plain`, `${form}foo`, `${form};`, `${form}; charset=latin1`, `${form}; charset=windows-1252`],
  ...[
    `${form}; charset=utf-16le`,
    `${form}; x`,
    `${form}-x`,
    `${form} x`,
    `${form}; charset=base64`,
    `${form}; charset=iso-2022-jp`,
  ],
);

const wellFormed = document.map((text) => request(text));
const hostile = fc
  .tuple(
    fc.oneof(
      document,
      fc.array(fc.constantFrom(...tokens, 'a', 'b')).map((parts) => parts.join('')),
    ),
    types,
    edits(tokens),
  )
  .map(([text, contentType, changes]) => ({ contentType, body: edited(bytes(text), changes) }));

const peers = await startPeers('form');

declareTrial({
  format: 'forms',
  oracles: [...formParsers, ...oraclesOf(peers, 'form')],
  missing: peers.missing,
  // With this many parsers, some thousand bodies show a new difference: that is for long runs.
  seed: 1,
  exceptions: formExceptions,
  blockCauses: ['parse'],
  wellFormed,
  hostile,
  cases: [
    ['an empty body', request('')],
    ['only delimiters', request('&&==&=&')],
    ['a name without a value, and one without a name', request('a&=b')],
    ['equals signs in a value', request('a=b=c==d')],
    ['brackets in names, also escaped', request('a[b]=1&a%5Bc%5D=2&a[][d]=3&[e]=4&f[=5&g]=6&h[i]j=7')],
    ['escapes of every kind', request('a=%41%4g%g1%%41%4&b=%u0041&c=%C0%AF&d=%ff%FE')],
    ['an escape of a percent sign before one that is not UTF-8', request('%2582%AC')],
    ['NUL bytes', request('a\0b=c\0d&e%00f=%00g')],
    ['plus signs, escaped and plain', request('a+b=c+d%2Be&f%2bg=%20h')],
    ['a question mark and a hash', request('a?=b?&#c=#d&e=?f')],
    ['line breaks around', request('\r\na=b\r\n&c=d\r\n')],
    ['names of prototypes', request('__proto__[a]=b&constructor[prototype][c]=d&hasOwnProperty=e')],
    ['a hundred levels of brackets', request(`a${'[b]'.repeat(100)}=c`)],
    ['the same name over and over', request('a=1&a=2&a[]=3&a[5]=4&a[x]=5')],
    ['a charset in quotes', request('a=%e9', `${form}; charset="iso-8859-1"`)],
    ['a type that only begins like a form', request('a=%3Cscript%3E', `${form}-2`)],
    ['a type with bytes behind it', request('a=%3Cscript%3E', `${form} x`)],
    ['a type behind white space', request('a=%3Cscript%3E', ` \t${form}`)],
    ['a type in upper case', request('a=%3Cscript%3E', form.toUpperCase())],
    ['UTF-8 as it is', request('\xc3\xa9=\xe2\x82\xac')],
  ],
});
