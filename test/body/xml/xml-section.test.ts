import { describe, expect, it } from 'vitest';
import { characterData, comment, instruction, type Section, SectionReader } from '../../../src/body/xml/xml-section.ts';

/** Content of a section and what follows it, read byte by byte and whole. */
function read(section: Section, text: string): { readonly content: string; readonly rest: string } {
  const results = [1, text.length].map((step) => {
    const reader = new SectionReader();
    reader.open(section);
    let content = '';
    const events = {
      section: (bytes: Uint8Array, start: number, end: number) => {
        content += Buffer.from(bytes.subarray(start, end)).toString('latin1');
      },
      problem() {},
    };
    let consumed = 0;
    for (let start = 0; start < text.length && reader.isOpen; start += step) {
      const chunk = Buffer.from(text.slice(start, start + step));
      let offset = 0;
      while (offset < chunk.length && reader.isOpen) offset = reader.read(chunk, offset, events);
      consumed = start + offset;
    }
    return { content, rest: text.slice(consumed) };
  });
  expect(results[0], 'the same however it is cut').toStrictEqual(results[1]);
  return results[0] as { content: string; rest: string };
}

describe('SectionReader', () => {
  it('ends CDATA at ]]>', () => {
    expect(read(characterData, 'a]b]]c]]]>rest')).toStrictEqual({ content: 'a]b]]c]', rest: 'rest' });
    expect(read(characterData, ']]>x')).toStrictEqual({ content: '', rest: 'x' });
    expect(read(characterData, ']>]]]]>x')).toStrictEqual({ content: ']>]]', rest: 'x' });
  });

  it('ends a comment at -->', () => {
    expect(read(comment, ' a - b -- c --->rest')).toStrictEqual({ content: ' a - b -- c -', rest: 'rest' });
  });

  it('ends an instruction at ?>', () => {
    expect(read(instruction, 'a?b??>rest')).toStrictEqual({ content: 'a?b?', rest: 'rest' });
  });
});
