// JSON compared with the parsers of applications.

import fc from 'fast-check';
import { jsonExceptions } from './json-exceptions.ts';
import { jsonParsers } from './json-parsers.ts';
import { edited, edits } from './mutations.ts';
import { oraclesOf, startPeers } from './peers/peers.ts';
import type { OracleRequest } from './reading.ts';
import { declareTrial } from './trial.ts';

const json = 'application/json';
const request = (body: string | Uint8Array, contentType: string | undefined = json): OracleRequest => ({
  contentType,
  body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
});

/** JSON text of a value, with white space and escapes of our own choice; UTF-8. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom("1' OR 1=1", '<script>', 'a.b', '', '__proto__', '\ud834\udd1e', '\ud800', '\udc00x'),
);
const document = fc
  .tuple(
    fc.jsonValue({ maxDepth: 3 }).chain((value) => fc.constant(value)),
    fc.dictionary(text, fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.array(text, { maxLength: 3 }))),
    fc.constantFrom(0, 2, '\t'),
    fc.boolean(),
  )
  .map(([inner, outer, space, isEscaped]) => {
    const written = JSON.stringify({ ...outer, inner }, undefined, space);
    const escaped = isEscaped ? written.replace(/(?<!\\)[<'=A-F]/g, escapeOf) : written;
    return Buffer.from(escaped.toWellFormed());
  });

function escapeOf(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const tokens = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\"',
    '\\\\',
    '\\u0041',
    '\\u00',
    '\\ud834',
    '\\udd1e',
    '\\x41',
    '\\u{41}',
  ],
  ...['null', 'true', 'NaN', 'Infinity', '-', '1', '0', '01', '1.', '.5', '1e5', '1e', '0x10', '+1', '-0', '1e400'],
  ...["'", '//', '/*', '*/', '#', '\0', '\x01', '\x0b', '\xa0', '\xef\xbb\xbf', '\xe2\x80\xa8', '\xff', '\xc0\xaf'],
  ...['\n', '\r\n', '\t', ' ', '\x1e', '""', '{}', '[]', '{"a":"b"}', '"a":"c",', '\xed\xa0\x80'],
];

const types = fc.constantFrom(
  ...[
    json,
    json,
    json,
    `${json}; charset=utf-8`,
    ` ${json}`,
    'APPLICATION/JSON',
    `${json};`,
    'application/vnd.api+json',
  ],
  ...['text/json', 'application/x-ndjson', 'application/json-seq', 'application/jsonl', 'text/plain', undefined],
  ...[`${json}, text/plain`, `${json}; charset=latin1`, 'application/csp-report', 'application/x-www-form-urlencoded'],
  ...[`${json}; charset=utf-16le`, `${json}; charset=utf-7`, `${json}x`, 'application/jsonp', 'x', ''],
);

const hostile = fc
  .tuple(document, types, edits(tokens), fc.boolean())
  .map(([body, contentType, changes, isEdited]) => ({ contentType, body: isEdited ? edited(body, changes) : body }));

const wide = (text: string, encoding: 'utf16le', mark = '\ufeff'): Buffer => Buffer.from(`${mark}${text}`, encoding);

const peers = await startPeers('json');

declareTrial({
  format: 'JSON',
  oracles: [...jsonParsers, ...oraclesOf(peers, 'json')],
  missing: peers.missing,
  // With this many parsers, some thousand bodies show a new difference: that is for long runs.
  seed: 1,
  exceptions: jsonExceptions,
  blockCauses: ['parse'],
  wellFormed: document.map((body) => request(body)),
  hostile,
  cases: [
    ['an empty body', request('')],
    ['scalars alone', request('"<script>"')],
    ['a number alone', request(' 12.5e-3 ')],
    ['a list of lists', request('[[["<"],[]],{}]')],
    ['double keys', request('{"a":"1","a":"<2","a":{"b":"3"},"a":["4"]}')],
    ['keys that are alike but for escapes', request('{"a":"1","\\u0061":"2"}')],
    ['names of prototypes', request('{"__proto__":{"a":"<"},"constructor":{"prototype":{"b":"<"}}}')],
    ['escapes of every kind', request('{"\\u003c":"\\b\\f\\n\\r\\t\\/\\\\\\"\\u003C\\ud834\\udd1e\\ud834\\udd1e"}')],
    ['lone surrogates', request('["\\ud834","\\udd1e","\\ud834\\ud834\\udd1e","\\ud834a","\\udd1e\\ud834"]')],
    ['invalid UTF-8', request('{"\xff":"\xc0\xaf<\xe2\x82"}')],
    ['a byte order mark', request('\xef\xbb\xbf{"a":"<"}')],
    ['two byte order marks', request('\xef\xbb\xbf\xef\xbb\xbf{"a":"<"}')],
    ['controls in strings', request('{"a":"<\x01\n\t>"}')],
    ['a NUL in a string', request('{"a\0":"<\0>"}')],
    ['several texts', request('{"a":"<"}{"b":"<"}')],
    ['comments', request('{/* "a":"1", */"b":"<"}//')],
    ['commas too many', request('{"a":"<",}')],
    ['single quotes', request("{'a':'<'}")],
    ['JSON behind a prefix', request(')]}\',\n{"a":"<"}')],
    ['numbers that are long, large or tiny', request('[1e400,-0,0.1e-400,123456789012345678901234567890]')],
    ['lines', request('{"a":"<"}\n{"b":"<"}\r\n\n"c"', 'application/x-ndjson')],
    ['lines, one of them broken', request('{"a":"<"}\n{"b":\n"c"', 'application/x-ndjson')],
    ['a sequence', request('\x1e{"a":"<"}\n\x1e"c"\n', 'application/json-seq')],
    ['UTF-16 with a mark', request(wide('{"a":"<\u20ac"}', 'utf16le'), `${json}; charset=utf-16`)],
    ['UTF-16 without a mark', request(wide('{"a":"<"}', 'utf16le', ''), `${json}; charset=utf-16le`)],
    ['UTF-16, big end first', request(wide('{"a":"<"}', 'utf16le').swap16(), `${json}; charset=utf-16be`)],
    ['UTF-16 that is called UTF-8', request(wide('{"a":"<"}', 'utf16le'), `${json}; charset=utf-8`)],
    ['UTF-8 that is called UTF-16', request('{"a":"<"}', `${json}; charset=utf-16`)],
    ['UTF-32', request(wide('{\0"\0a\0"\0:\0"\0<\0"\0}\0', 'utf16le', ''), `${json}; charset=utf-32le`)],
    ['no type', request('{"a":"\\u003c"}', undefined)],
    ['the type of a form', request('{"a":"\\u003c"}', 'application/x-www-form-urlencoded')],
    ['a scalar that is called text', request('"\\u003c"', 'text/plain')],
    ['white space before what is called text', request(`${' \n'.repeat(300)}{"a":"\\u003c"}`, 'text/plain')],
    ['UTF-7', request('{"a":"+ADw-script+AD4-"}', `${json}; charset=utf-7`)],
  ],
});
