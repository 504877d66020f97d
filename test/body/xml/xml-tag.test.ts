import { describe, expect, it } from 'vitest';
import { XmlTag } from '../../../src/body/xml/xml-tag.ts';
import { EventLog, everyCut } from '../../support/event-log.ts';

/** Attributes and problems of a tag, read from after its name, and the rest. */
function read(chunks: readonly Uint8Array[]) {
  const log = new EventLog();
  const problems: string[] = [];
  const tag = new XmlTag(log, 100, {
    problem: (message) => problems.push(message),
    reference: ({ isEntity }) => isEntity && problems.push('entity'),
    beginMark() {},
  });
  tag.open();
  let rest = 0;
  for (const chunk of chunks) {
    let offset = 0;
    while (offset < chunk.length && tag.end === 'open') offset = tag.read(chunk, offset);
    rest += chunk.length - offset;
    tag.flush();
  }
  return { attributes: log.fields.map(({ name, value }) => `${name}=${value}`), problems, end: tag.end, rest };
}

describe('XmlTag', () => {
  for (const [text, expected] of [
    [' a="1" b=\'2\'>x', { attributes: ['a=1', 'b=2'], problems: [], end: 'closed', rest: 1 }],
    [' a = "x &amp; &#65;"/>', { attributes: ['a=x & A'], problems: [], end: 'empty' }],
    ['>', { attributes: [], problems: [], end: 'closed' }],
    [
      ' a=1 b>',
      { attributes: ['a=1', 'b='], problems: ['an attribute value has no quotes', 'an attribute has no value'] },
    ],
    [
      ' a="<"/b="2">',
      { attributes: ['a=<', 'b=2'], problems: ['an attribute value has a <', 'there is a slash inside a tag'] },
    ],
    [' ^="a=">', { attributes: ['^=a='], problems: ['an attribute has a name that begins with no letter'] }],
    [' "b="c">', { attributes: ['"b=c'], problems: ['an attribute has a name that begins with no letter'] }],
    [' _a="1" :b="2">', { attributes: ['_a=1', ':b=2'], problems: [] }],
    [' ="1">', { attributes: ['="1"='], problems: ['an attribute has no name', 'an attribute has no value'] }],
    [' a="&own;">', { attributes: ['a=&own;'], problems: ['entity'] }],
  ] as const) {
    it(`reads ${text} however it is cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(text))) expect(read(chunks), name).toMatchObject(expected);
    });
  }

  it('is in a mark while a name is not reported, or a reference is open', () => {
    const tag = new XmlTag(new EventLog(), 100, { problem() {}, reference() {}, beginMark() {} });
    const isInMark = (text: string): boolean => {
      const chunk = Buffer.from(text);
      for (let offset = 0; offset < chunk.length; ) offset = tag.read(chunk, offset);
      return tag.isInMark;
    };
    expect(tag.isInMark).toBe(false);
    tag.open();
    expect([' ', 'a', '=', '"', '&', 'amp;', '"', '>'].map(isInMark)).toStrictEqual([
      false,
      true,
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
  });
});
