// Parsers of XML that Node applications use.

import { XMLParser } from 'fast-xml-parser';
import sax from 'sax';
import { SaxesParser } from 'saxes';
import { parseString } from 'xml2js';
import { type Handed, value } from './handed.ts';
import type { OracleRequest } from './reading.ts';
import { handedOf } from './structure.ts';
import type { Oracle } from './trial.ts';

const utf8 = new TextDecoder();
const isXml = ({ contentType }: OracleRequest): boolean => /xml/i.test(contentType ?? '');
const trimmed = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** Text from tag to tag as one string: an application that listens to events puts it together. */
class Collection {
  readonly handed: Handed[] = [];
  #text = '';

  text(text: string): void {
    this.#text += text;
  }

  tag(): void {
    const text = trimmed(this.#text);
    this.#text = '';
    if (text !== '') this.handed.push(value(text));
  }

  /** The parser gave up: text so far may be the beginning of one. */
  fail(): void {
    this.handed.push({ role: 'piece', text: trimmed(this.#text) });
    this.#text = '';
  }

  attribute(text: string): void {
    this.handed.push(value(text));
  }

  /** A comment, an instruction or a document type declaration. */
  note(text: string): void {
    this.handed.push({ role: 'piece', text: trimmed(text) });
  }
}

/** What came before an error is passed on too: the application had its events. */
function readSax(request: OracleRequest, isStrict: boolean): Handed[] {
  if (!isXml(request)) return [];
  const found = new Collection();
  const parser = sax.parser(isStrict, { lowercase: true });
  parser.ontext = (text) => found.text(text);
  parser.oncdata = (text) => found.text(text);
  parser.onopentag = ({ attributes }) => {
    found.tag();
    for (const attribute of Object.values(attributes)) found.attribute(String(attribute));
  };
  parser.onclosetag = () => found.tag();
  parser.oncomment = (text) => found.note(text);
  parser.ondoctype = (text) => found.note(text);
  parser.onprocessinginstruction = ({ body }) => found.note(body);
  let hasFailed = false;
  parser.onerror = () => {
    hasFailed = true;
  };
  try {
    parser.write(utf8.decode(request.body));
    if (!hasFailed) parser.close();
  } catch {
    hasFailed = true;
  }
  if (hasFailed) found.fail();
  found.tag();
  return found.handed;
}

function readSaxes(request: OracleRequest): Handed[] {
  if (!isXml(request)) return [];
  const found = new Collection();
  const parser = new SaxesParser();
  parser.on('text', (text) => found.text(text));
  parser.on('cdata', (text) => found.text(text));
  parser.on('opentag', ({ attributes }) => {
    found.tag();
    for (const attribute of Object.values(attributes)) found.attribute(String(attribute));
  });
  parser.on('closetag', () => found.tag());
  parser.on('comment', (text) => found.note(text));
  parser.on('doctype', (text) => found.note(text));
  parser.on('processinginstruction', ({ body }) => found.note(body));
  // Without a handler the first error is thrown.
  try {
    parser.write(utf8.decode(request.body)).close();
  } catch {
    found.fail();
  }
  return found.handed;
}

function readXml2js(request: OracleRequest): Handed[] {
  if (!isXml(request)) return [];
  let found: Handed[] = [];
  // It calls back with the error, and throws for what follows.
  try {
    parseString(
      utf8.decode(request.body),
      { async: false, trim: true, explicitRoot: false },
      (error, parsed: unknown) => {
        if (error === null) found = valuesOf(parsed);
      },
    );
  } catch {
    return found;
  }
  return found;
}

const notes = { ignoreDeclaration: true, ignorePiTags: true } as const;

function readFastXmlParser(request: OracleRequest): Handed[] {
  if (!isXml(request)) return [];
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, attributeNamePrefix: '', ...notes });
  try {
    return valuesOf(parser.parse(utf8.decode(request.body), true));
  } catch {
    return [];
  }
}

/** Values only: names of elements are not fields, and decide which rule of the application applies. */
const valuesOf = (parsed: unknown): Handed[] =>
  handedOf(parsed)
    .filter(({ role }) => role === 'value')
    .map(({ text }) => value(trimmed(String(text))));

/** All of them. */
export const xmlParsers: readonly Oracle[] = [
  { name: 'sax, strict', read: (request) => readSax(request, true) },
  { name: 'sax, loose', read: (request) => readSax(request, false) },
  { name: 'saxes', read: readSaxes },
  { name: 'xml2js', read: readXml2js },
  { name: 'fast-xml-parser', read: readFastXmlParser },
];
