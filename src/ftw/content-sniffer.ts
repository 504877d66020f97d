// The content type that a server gives to a body without one: the rules of WHATWG's MIME Sniffing Standard (§7.1) that matter for
// text. Knows nothing else.

import { toByteString } from '../base/bytes.ts';

const sniffedBytesMax = 512;

const htmlTags = [
  '!doctype html',
  'html',
  'head',
  'script',
  'iframe',
  'h1',
  'div',
  'font',
  'table',
  'a',
  'style',
  'title',
  'b',
  'body',
  'br',
  'p',
];
/** After white space, a tag of the list followed by a space or `>`, or a comment. */
const html = new RegExp(`^[\\t\\n\\f\\r ]*<(?:(?:${htmlTags.join('|')})[ >]|!--)`, 'i');
const xml = /^[\t\n\f\r ]*<\?xml/;
/** Control characters allowed in text: tab, LF, FF, CR, ESC. */
const textControls = '\t\n\f\r\x1b';

/** Content type of `body` from its first 512 bytes: HTML, XML, plain text or application/octet-stream. */
export function sniffContentType(body: Uint8Array): string {
  const start = toByteString(body, 0, Math.min(body.length, sniffedBytesMax));
  if (html.test(start)) return 'text/html; charset=utf-8';
  if (xml.test(start)) return 'text/xml; charset=utf-8';
  const isBinary = [...start].some((unit) => unit < ' ' && !textControls.includes(unit));
  return isBinary ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}
