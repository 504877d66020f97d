import { describe, expect, it } from 'vitest';
import { ElementStack } from '../../../src/body/xml/xml-elements.ts';
import { XmlNotes, XmlText } from '../../../src/body/xml/xml-text.ts';
import { EventLog } from '../../support/event-log.ts';

function give(target: { run(bytes: Uint8Array, start: number, end: number): unknown }, text: string): void {
  target.run(Buffer.from(text), 0, text.length);
}

describe('XmlText', () => {
  it('drops white space at both ends, wherever it is cut', () => {
    const log = new EventLog();
    const text = new XmlText(log, new ElementStack(10));
    for (const part of [' ', '\n a', ' ', ' ', 'b', ' c ', '\t']) give(text, part);
    text.close();
    expect(log.lines()).toStrictEqual(['XML_TEXT  = a  b c']);
  });

  it('is no field when there is only white space', () => {
    const log = new EventLog();
    const text = new XmlText(log, new ElementStack(10));
    give(text, ' \r\n\t');
    text.close();
    expect(log.lines()).toStrictEqual([]);
  });
});

describe('XmlNotes', () => {
  it('writes at once when no text is open', () => {
    const log = new EventLog();
    const notes = new XmlNotes(log, new XmlText(log, new ElementStack(10)));
    notes.open('?');
    give(notes, 'php');
    notes.close();
    notes.release();
    expect(log.lines()).toStrictEqual(['XML_TEXT ? = php']);
  });

  it('waits for the end of an open text', () => {
    const log = new EventLog();
    const text = new XmlText(log, new ElementStack(10));
    const notes = new XmlNotes(log, text);
    give(text, 'a');
    notes.open('!--');
    give(notes, 'note');
    notes.close();
    give(text, 'b');
    text.close();
    notes.release();
    expect(log.lines()).toStrictEqual(['XML_TEXT  = ab', 'XML_TEXT !-- = note']);
  });

  it('reports when it cannot wait any longer', () => {
    const log = new EventLog();
    const text = new XmlText(log, new ElementStack(10));
    const notes = new XmlNotes(log, text);
    give(text, 'a');
    notes.open('!--');
    expect(notes.run(Buffer.alloc(4096), 0, 4096)).toBeTruthy();
    expect(notes.byte(1)).toBeFalsy();
    expect(notes.run(Buffer.alloc(1), 0, 1)).toBeFalsy();
  });
});
