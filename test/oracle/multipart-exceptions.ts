// Where parsers of multipart forms differ from Weir, on purpose.

import { type Handed, Sight } from './handed.ts';
import { onePart } from './multipart-documents.ts';
import type { Exception } from './trial.ts';

const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
const bare = (text: string): string => text.replace(/[\s'"]/g, '');

/** `%22`, `%0D`, `%0A`: what browsers write in names for a quote and line breaks. */
const browserEscape = /%(22|0D|0A)/gi;
const withoutEscapes = (text: string): string =>
  text.replace(browserEscape, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** All of them. */
export const multipartExceptions: readonly Exception[] = [
  {
    name: 'escapes of quotes and line breaks in names',
    oracles: ['fetch'],
    why: 'browsers write %22, %0D and %0A in names and file names; fetch undoes that, other parsers do not',
    policy: 'rules see names as they were sent, and undo it with t:urlDecode',
    example: onePart('Content-Disposition: form-data; name="a%22"; filename="b%0D%0A"\n\nx'),
    covers: (handed, _, { fields }) =>
      new Sight(
        fields.map((field) => ({ ...field, name: withoutEscapes(field.name), value: withoutEscapes(field.value) })),
      ).sees(handed),
  },
  {
    name: 'white space in values without quotes, single quotes',
    oracles: ['busboy', 'busboy, names in UTF-8', '@fastify/busboy', 'fetch'],
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
