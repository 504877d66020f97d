import { describe, expect, it } from 'vitest';
import { ElementStack } from '../../../src/body/xml/xml-elements.ts';
import { characterData, comment, instruction, type Section } from '../../../src/body/xml/xml-section.ts';
import { XmlSections } from '../../../src/body/xml/xml-sections.ts';
import { XmlNotes, XmlText } from '../../../src/body/xml/xml-text.ts';
import { EventLog } from '../../support/event-log.ts';

/** What is reported for a section, read from after its beginning. */
function read(section: Section, written: string) {
  const log = new EventLog();
  const problems: string[] = [];
  const text = new XmlText(log, new ElementStack(8));
  const notes = new XmlNotes(log, text);
  const sections = new XmlSections({ sink: log, text, notes, problem: (message) => problems.push(message) });
  sections.open(section);
  const chunk = Buffer.from(written);
  for (let offset = 0; offset < chunk.length && sections.isOpen; ) offset = sections.read(chunk, offset);
  sections.close();
  text.close();
  notes.release();
  text.finish();
  const fields = log.fields.filter(({ source }) => source === 'XML_TEXT').map(({ name, value }) => `${name}=${value}`);
  return { fields: [...new Set(fields)], problems, facts: [...log.facts.keys()], isOpen: sections.isOpen };
}

const closed = { problems: [], facts: [], isOpen: false };

describe('XmlSections', () => {
  it('reports CDATA as text, and comments as notes', () => {
    expect(read(characterData, 'a<b]]>')).toMatchObject({ ...closed, fields: expect.arrayContaining(['=a<b']) });
    expect(read(comment, ' note -->')).toMatchObject({ ...closed, fields: ['!--= note '] });
    expect(read(comment, ' note')).toMatchObject({ isOpen: true });
  });

  it('reports an encoding that is not decoded', () => {
    expect(read(instruction, 'xml version="1.0" encoding="UTF-8"?>')).toMatchObject(closed);
    expect(read(instruction, 'xml version="1.0" encoding="UTF-7"?>')).toMatchObject({
      problems: ['the declared encoding is not supported'],
      facts: ['BODY_CHARSET_UNSUPPORTED'],
    });
  });
});
