import { describe, expect, it } from 'vitest';
import { XmlMarkupStart } from '../../../src/body/xml/xml-markup.ts';

/** What the bytes after a `<` begin, and how many of them identify it. */
function read(text: string) {
  const start = new XmlMarkupStart();
  start.open();
  let count = 0;
  for (const byte of Buffer.from(text)) {
    count += 1;
    const kind = start.take(byte);
    if (kind !== 'more') return [kind, count, start.written];
  }
  return ['more', count, start.written];
}

describe('XmlMarkupStart', () => {
  it.each([
    ['a b', 'tag', 1],
    ['/a', 'end-tag', 1],
    ['?xml', 'instruction', 1],
    ['!--x', 'comment', 3],
    ['![CDATA[x', 'text', 8],
    ['!DOCTYPE x', 'doctype', 8],
    ['!DOC', 'more', 4],
    ['!', 'more', 1],
    ['!-x', 'unknown', 3],
    ['!doctype', 'unknown', 2],
    ['1', 'none', 1],
    ['<', 'none', 1],
  ])('reads %s as %s', (text, kind, count) => {
    expect(read(text)).toStrictEqual([kind, count, `<${text.slice(0, count)}`]);
  });
});
