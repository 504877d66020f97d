import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { XmlDecoder } from '../../../src/body/xml/xml.ts';
import { ElementStack } from '../../../src/body/xml/xml-elements.ts';
import { XmlMixedText } from '../../../src/body/xml/xml-mixed-text.ts';
import { EventLog } from '../../support/event-log.ts';

/** The joined texts of a document that arrives in pieces of `pieceBytes` bytes. */
function joinedIn(document: string, pieceBytes: number): readonly string[] {
  const log = new EventLog();
  const decoder = new XmlDecoder(log, limits);
  const bytes = Buffer.from(document);
  for (let from = 0; from < bytes.length; from += pieceBytes) decoder.write(bytes.subarray(from, from + pieceBytes));
  decoder.end();
  return log.fields.filter(({ name }) => name === 'joined').map(({ value }) => value);
}

function joinedOf(document: string): readonly string[] {
  const joined = joinedIn(document, document.length);
  for (const pieceBytes of [1, 7, 511, 512, 513]) expect(joinedIn(document, pieceBytes)).toStrictEqual(joined);
  return joined;
}

const long = 'x'.repeat(5_000);

describe('XmlMixedText', () => {
  it('finds a word across a tag, whatever is before and after it', () => {
    expect(joinedOf(`<a>${long}uni<b/>on${long}</a>`)).toStrictEqual([`${'x'.repeat(509)}unionx${'x'.repeat(509)}`]);
  });

  it('finds a word with a tag after every letter, however long the text', () => {
    const divided = [...'union select'].map((letter) => (letter === ' ' ? ' ' : `${letter}<b/>`)).join('');
    const filler = 'y<b/>'.repeat(6_000);
    const joined = joinedOf(`<a>${filler}${divided}${filler}</a>`);
    expect(joined.some((text) => text.includes('union select'))).toBe(true);
    expect(joined.every((text) => text.length <= 4_096)).toBe(true);
    expect(joined.join('').length, 'no more than overlaps is reported twice').toBeLessThan(2 * 12_012);
  });

  it('does not join texts that have no common element', () => {
    const rows = Array.from({ length: 100 }, (_, n) => `<row><id>${n}</id> <name>union</name></row>`).join('\n');
    expect(joinedOf(`<rows>${rows}</rows>`)).toStrictEqual([]);
    expect(joinedOf(`<a><p>one<b/>two</p><p>three</p></a>`)).toStrictEqual(['onetwo']);
  });

  it('joins text from sections and references', () => {
    expect(joinedOf('<a><![CDATA[<scr]]><b/>ipt&#62;</a>')).toStrictEqual(['<script>']);
  });

  it('reports nothing without text', () => {
    const log = new EventLog();
    const mixed = new XmlMixedText(log, new ElementStack(4));
    mixed.space();
    mixed.end();
    mixed.close();
    expect(log.fields).toStrictEqual([]);
  });
});
