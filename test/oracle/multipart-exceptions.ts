// Where parsers of multipart forms differ from Weir, on purpose.

import { decodePercent } from '../../src/http/request-target.ts';
import { type Handed, Sight } from './handed.ts';
import { onePart } from './multipart-documents.ts';
import { phpName } from './php-name.ts';
import type { Exception } from './trial.ts';

const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
const bare = (text: string): string => text.replace(/[\s'"]/g, '');

/** `%22`, `%0D`, `%0A`: what browsers write in names for a quote and line breaks. Some parsers decode only the quote. */
const browserEscapes = [/%(22|0D|0A)/gi, /%(22)/g];

const wholeText = (text: string): string => text.toWellFormed().replace(/\ufffd+/g, '\ufffd');
const utf8 = (bytes: string): string => wholeText(Buffer.from(bytes, 'latin1').toString('utf8'));

/** The part of a path after its last separator, without control characters. */
const baseNames = (path: string): string[] => [path, path.replace(/\p{Cc}/gu, '')].flatMap((one) => lastParts(one));
const lastParts = (path: string): string[] =>
  [path.split('/').at(-1), path.split('\\').at(-1), path.split(/[/\\]/).at(-1)].map((one) => one ?? '');

/** All of them. */
export const multipartExceptions: readonly Exception[] = [
  {
    name: 'escapes of quotes and line breaks in names',
    oracles: ['fetch', 'Werkzeug', 'formidable', 'multer'],
    why: 'browsers write %22, %0D and %0A in names and file names; some parsers undo that, others do not',
    policy: 'rules see names as they were sent, and undo it with t:urlDecode',
    example: onePart('Content-Disposition: form-data; name="a%22"; filename="b%22%0D%0A"\n\nx'),
    covers: (handed, _, { fields }) =>
      browserEscapes.some((escapes) => {
        const undo = (text: string): string =>
          text.replace(escapes, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
        return new Sight(fields.map((field) => ({ ...field, name: undo(field.name), value: undo(field.value) }))).sees(
          handed,
        );
      }),
  },
  {
    name: 'the last part of a path that is a file name',
    oracles: ['Django', 'Go', 'Rack'],
    why: 'they hand over what stands behind the last slash or backslash, Django without controls',
    policy: 'rules see the whole path',
    example: onePart('Content-Disposition: form-data; name="a"; filename="x/../y.php"\n\nx'),
    covers: ({ role, text }, _, { fields }) =>
      role === 'value' &&
      fields.some(
        ({ source, value }) =>
          source === 'FILES' &&
          baseNames(value).some(
            (name) => name === textOf({ role, text }) || utf8(name) === wholeText(textOf({ role, text })),
          ),
      ),
  },
  {
    name: 'escapes of any byte in file names',
    oracles: ['Rack'],
    why: 'Rack undoes all percent escapes of a file name when all of them are valid, and keeps the last part of the path',
    policy: 'rules see the file name as it was sent, and undo it with t:urlDecode',
    example: onePart('Content-Disposition: form-data; name="a"; filename="b%3cc"\n\nx'),
    covers: ({ role, text }, _, { fields }) =>
      role === 'value' &&
      fields.some(
        ({ source, value }) =>
          source === 'FILES' &&
          [decodePercent(value), ...baseNames(decodePercent(value))].some(
            (name) => name === textOf({ role, text }) || utf8(name) === wholeText(textOf({ role, text })),
          ),
      ),
  },
  {
    name: 'file names without quotes that are not tokens',
    oracles: ['Rack'],
    why: 'Rack ends them at the first byte that no token may have',
    policy: 'rules see all of it, and MULTIPART_STRICT_ERROR is set',
    example: onePart('Content-Disposition: form-data; name="a"; filename=b/c\n\nx'),
    covers: ({ role, text }, _, { fields, facts }) =>
      role === 'value' &&
      facts.includes('MULTIPART_STRICT_ERROR = 1') &&
      fields.some(({ source, value }) => source === 'FILES' && value.startsWith(textOf({ role, text }))),
  },
  {
    name: 'names without quotes that are not tokens',
    oracles: ['formidable'],
    why: 'formidable ends them at the first byte that no token may have',
    policy: 'rules see all of it',
    example: onePart('Content-Disposition: form-data; name=b:c\n\nx'),
    covers: ({ role, text }, _, { fields }) =>
      role === 'name' && fields.some(({ name }) => name.startsWith(textOf({ role, text }))),
  },
  {
    name: 'extended file names in charsets that are not ASCII',
    oracles: ['Werkzeug'],
    why: 'it undoes percent escapes of UTF-8, US-ASCII and ISO-8859-1 only',
    policy: 'rules see the file name decoded, and the whole header line',
    example: onePart('Content-Disposition: form-data; name="a"; filename*=utf-16le\'\'%3c%00\n\nx'),
    covers: ({ role, text }, _, { fields }) =>
      role === 'value' &&
      fields.some(
        ({ source, value }) =>
          source === 'MULTIPART_PART_HEADERS' && /filename\*=/i.test(value) && value.includes(textOf({ role, text })),
      ),
  },
  {
    name: 'names that were to be variables',
    oracles: ['PHP'],
    why: 'PHP writes an underscore for a dot, a space and an open bracket in names',
    policy: 'rules see names as they were sent',
    example: onePart('Content-Disposition: form-data; name="a.b"\n\nx'),
    covers: (handed, _, { fields }) =>
      handed.role === 'name part' &&
      fields.some(({ name, value, source }) =>
        [name, ...(source === 'ARGS_POST' ? [value] : [])].some((one) =>
          phpName(one).includes(phpName(textOf(handed))),
        ),
      ),
  },
  {
    name: 'white space in values without quotes, single quotes',
    oracles: [
      'busboy',
      'busboy, names in UTF-8',
      '@fastify/busboy',
      'fetch',
      'formidable',
      'Django',
      'Werkzeug',
      'Starlette',
      'Tomcat',
      'Spring',
      'Jetty',
      'commons-fileupload',
      'WebFlux',
    ],
    why: 'they take single quotes for part of the value; @fastify/busboy drops white space outside of double quotes',
    policy: 'MULTIPART_INVALID_QUOTING and MULTIPART_STRICT_ERROR are set, and rules see the whole header line',
    example: onePart("Content-Disposition: form-data; name='ab'\n\nx"),
    covers: (handed, _, { facts, fields }) =>
      facts.includes('MULTIPART_INVALID_QUOTING = 1') &&
      fields.some(
        ({ source, value }) => source === 'MULTIPART_PART_HEADERS' && bare(value).includes(bare(textOf(handed))),
      ),
  },
];
