// Where parsers of XML differ from Weir, on purpose.

import type { LoggedField } from '../support/event-log.ts';
import { type Handed, Sight } from './handed.ts';
import type { OracleRequest } from './reading.ts';
import type { Exception } from './trial.ts';

const example = (body: string): OracleRequest => ({ contentType: 'text/xml', body: Buffer.from(body) });
const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString());
const trimmed = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** The fields with their values changed, and trimmed. */
const changed = (fields: readonly LoggedField[], change: (text: string) => string): LoggedField[] =>
  fields.map((field) => ({ ...field, value: trimmed(change(field.value)) }));

/** A value normalised as in XML 1.0 §2.11 and §3.3.3: line ends as one LF, white space of attributes as spaces. */
const withPlainLineEnds = (text: string): string => text.replace(/\r\n?/g, '\n');
const withSpaces = (text: string): string => withPlainLineEnds(text).replace(/[\n\t]/g, ' ');

/** All of them. */
export const xmlExceptions: readonly Exception[] = [
  {
    name: 'line ends and other white space made alike',
    oracles: ['saxes', 'fast-xml-parser'],
    why: 'XML makes CRLF and CR a line feed, and white space of attributes spaces',
    policy: 'rules see white space as it was sent',
    example: example('<a b="1\r\n2">3\r\n4</a>'),
    covers: (handed, _, { fields }) =>
      [withPlainLineEnds, withSpaces].some((change) =>
        new Sight(changed(fields, change)).sees({ ...handed, text: trimmed(textOf(handed)) }),
      ),
  },
  {
    name: 'text that elements with text divide',
    oracles: ['xml2js', 'fast-xml-parser'],
    why: 'they hand over the text of an element joined, without that of elements inside it',
    policy:
      'rules see it joined with that of elements inside it, as textContent of a DOM gives it, and each text by itself',
    example: example('<a>uni<b>1</b>on</a>'),
    covers: (handed, _, { fields }) => isJoined(textOf(handed), fields),
  },
  {
    name: 'instructions with an open quote',
    oracles: ['fast-xml-parser'],
    why: 'it takes ?> in quotes for part of the instruction, which XML does not',
    policy: 'rules see what it skips as text, beside the text that it hands over',
    example: example("<a>1<?p '?>2<?p '?></a>"),
    covers: (handed, { body }, { fields }) =>
      /<\?[^>]*['"]/.test(Buffer.from(body).toString('latin1')) &&
      isMadeOfPieces(bare(decoded(textOf(handed))), changed(fields, decoded)),
  },
  {
    name: 'character references left as they are',
    oracles: ['fast-xml-parser'],
    why: 'it decodes numbers only where that is asked for, and some references twice',
    policy: 'rules see them decoded, as XML says',
    example: example('<a>&#60;script></a>'),
    covers: (handed, _, { fields }) => {
      const wanted = bare(decoded(textOf(handed)));
      return fields.some(({ value }) => bare(decoded(Buffer.from(value, 'latin1').toString())) === wanted);
    },
  },
];

const decoded = (text: string): string =>
  trimmed(
    text.replace(/&#(?:x([0-9a-f]+)|([0-9]+));/gi, (_, hex: string | undefined, digits: string) =>
      String.fromCodePoint(Math.min(Number(hex === undefined ? digits : `0x${hex}`), 0x10ffff)),
    ),
  );

/** Whether a text is made of texts of the body, in their order, white space aside. */
function isJoined(text: string, fields: readonly LoggedField[]): boolean {
  let left = bare(decoded(text));
  for (const { source, name, value } of fields) {
    const piece = bare(decoded(Buffer.from(value, 'latin1').toString()));
    if (source === 'XML_TEXT' && name === '' && piece !== '' && left.startsWith(piece)) left = left.slice(piece.length);
  }
  return left === '';
}

/** Whether a text is at most eight pieces of values, white space aside. */
function isMadeOfPieces(text: string, fields: readonly LoggedField[]): boolean {
  const all = bare(Buffer.from(fields.map(({ value }) => value).join('\0'), 'latin1').toString());
  let left = text;
  for (let pieces = 0; pieces < 8 && left !== ''; pieces += 1) {
    let length = left.length;
    while (length > 0 && !all.includes(left.slice(0, length))) length -= 1;
    left = left.slice(length);
  }
  return left === '';
}

const bare = (text: string): string => text.replace(/\s/g, '');
