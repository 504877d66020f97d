// Where parsers of forms differ from Weir, on purpose.

import type { LoggedField } from '../support/event-log.ts';
import { type Handed, Sight, seesSkeleton } from './handed.ts';
import { phpName } from './php-name.ts';
import type { OracleRequest } from './reading.ts';
import type { Exception } from './trial.ts';

const form = 'application/x-www-form-urlencoded';
const example = (body: string, contentType = form): OracleRequest => ({
  contentType,
  body: Buffer.from(body, 'latin1'),
});
const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));

const withoutEscapes = (text: string): string => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => byteOf(hex));
const withoutHighEscapes = (text: string): string =>
  text.replace(/%([89a-f][0-9a-f])/gi, (_, hex: string) => byteOf(hex));
const byteOf = (hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Each name and value as one text. */
const pairsOf = (fields: readonly LoggedField[]): LoggedField[] =>
  fields.map((field) => ({ ...field, name: '', value: `${field.name}=${field.value}` }));

const qsVariants = ['qs', 'qs with charsetSentinel', 'qs with comma', 'qs with ; as delimiter', 'body-parser'];

/** All of them. */
export const formExceptions: readonly Exception[] = [
  {
    name: 'escapes that are not UTF-8 are left as they are',
    oracles: [...qsVariants, 'Werkzeug'],
    why: 'one invalid sequence makes qs hand over the whole value (or name) undecoded; Werkzeug leaves that sequence',
    policy: 'rules see it decoded, as every other parser hands it over',
    example: example('a=%3Cscript%3E%ff'),
    covers: (handed, _, { fields }) => {
      const text = textOf(handed);
      if (!/%[0-9a-f]{2}/i.test(text)) return false;
      // An escaped percent sign is decoded by both.
      const high = fields.map(({ source, name, value }) => ({
        source,
        name: withoutHighEscapes(name),
        value: withoutHighEscapes(value),
      }));
      return (
        seesSkeleton(fields, handed.role, withoutEscapes(text)) ||
        seesSkeleton(high, handed.role, withoutHighEscapes(text))
      );
    },
  },
  {
    name: 'pairs split at ]= first',
    oracles: [...qsVariants, 'qs in Latin-1', 'qs with numeric entities'],
    why: 'qs takes the `=` behind a bracket for the one that ends a name, also when it is not the first',
    policy: 'rules see the name up to the first `=`, and the rest as value',
    example: example('a=b]=c'),
    covers: (handed, _, { fields }) => {
      return seesSkeleton(pairsOf(fields), 'piece', withoutEscapes(textOf(handed)));
    },
  },
  {
    name: 'letters beyond ASCII in two charsets',
    oracles: ['qs in Latin-1', 'qs with numeric entities'],
    why: 'escapes in Latin-1 beside UTF-8 as it is: what is above 127 is another letter, ASCII is the same',
    policy: 'rules see the bytes',
    example: example('a=%e9\xc3\xa9', `${form}; charset=iso-8859-1`),
    covers: (handed, _, { fields }) => seesSkeleton(fields, handed.role, textOf(handed)),
  },
  {
    name: 'bytes that are not UTF-8 beside escapes that are none',
    oracles: ['Django', 'Starlette'],
    why: 'they take the bytes for Latin-1 and the escapes for UTF-8: what is above 127 is another letter, ASCII is the same',
    policy: 'rules see the bytes',
    example: example('a=%9d\xff'),
    covers: (handed, _, { fields }) => seesSkeleton(fields, handed.role, textOf(handed)),
  },
  {
    name: 'letters beyond ASCII in charsets of one byte',
    oracles: ['Jetty', 'Tomcat'],
    why: 'they decode the charset that is declared: what is above 127 is another letter, ASCII is the same',
    policy: 'rules see the bytes',
    example: example('a=%80', `${form}; charset=windows-1252`),
    covers: (handed, { contentType }, { fields }) =>
      /windows-125|iso-8859/i.test(contentType ?? '') && seesSkeleton(fields, handed.role, textOf(handed)),
  },
  {
    name: 'names that were to be variables',
    oracles: ['PHP'],
    why: 'PHP writes an underscore for a dot, a space and an open bracket in names',
    policy: 'rules see names as they were sent',
    example: example('a.b=1'),
    covers: (handed, _, { fields }) =>
      handed.role === 'name part' && fields.some(({ name }) => phpName(name).includes(phpName(textOf(handed)))),
  },
  {
    name: 'a charset that Weir does not know',
    oracles: ['busboy', '@fastify/busboy'],
    why: 'they take base64 for a charset, and hand over values in base64',
    policy: 'failure `charset`: detected, or blocked where that is set; BODY_CHARSET_UNSUPPORTED for rules',
    example: example('a=%fe%b7', `${form}; charset=base64`),
    covers: (_, __, { failures }) => failures.some((failure) => failure.startsWith('charset:')),
  },
  {
    name: 'letters of a charset that Weir does not know',
    oracles: ['Jetty'],
    why: 'Java knows more charsets',
    policy: 'failure `charset`: detected, or blocked where that is set; BODY_CHARSET_UNSUPPORTED for rules',
    example: example('a=%C2%80', `${form}; charset=iso-2022-jp`),
    covers: (_, __, { failures }) => failures.some((failure) => failure.startsWith('charset:')),
  },
  {
    name: 'values split at commas',
    oracles: ['qs with comma'],
    why: 'an option that is off by default',
    policy: 'rules see the value that holds them all',
    example: example('a=%3Cb,c'),
    covers: (handed, _, reading) => new Sight(reading.fields).sees({ ...handed, role: 'piece' }),
  },
  {
    name: 'pairs split at semicolons',
    oracles: ['qs with ; as delimiter'],
    why: '`;` is not a separator, as in WHATWG URL, ModSecurity and Coraza',
    policy: 'rules see the value that holds them all',
    example: example('a=b;c=%3Cd'),
    covers: (handed, _, reading) => new Sight(reading.fields).sees({ ...handed, role: 'name part' }),
  },
  {
    name: 'numeric character references decoded',
    oracles: ['qs with numeric entities'],
    why: 'an option for forms in Latin-1 that is off by default',
    policy: 'rules decode them with t:htmlEntityDecode',
    example: example('a=%26%2360%3Bscript'),
    covers: (handed, _, { fields }) => {
      const text = textOf(handed);
      const decoded = pairsOf(fields).map((pair) => ({ ...pair, value: pair.value.replace(/&#(\d+);/g, reference) }));
      return seesSkeleton(decoded, 'piece', text);
    },
  },
  {
    name: 'a question mark or a byte order mark before the first name',
    oracles: ['URLSearchParams', 'fetch'],
    why: 'URLSearchParams skips one `?`; fetch skips the mark too',
    policy: 'rules see it as part of the name',
    example: example('?a=b'),
    covers: (handed, _, reading) =>
      handed.role === 'name' && new Sight(reading.fields).sees({ ...handed, role: 'name part' }),
  },
];

function reference(_: string, digits: string): string {
  return String.fromCodePoint(Math.min(Number(digits), 0x10ffff));
}
