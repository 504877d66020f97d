import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { FieldWriter, writeField } from '../../src/http/field-writer.ts';
import { EventLog } from '../support/event-log.ts';

function writerOf(nameBytesMax: number): { readonly log: EventLog; readonly writer: FieldWriter } {
  const log = new EventLog();
  return { log, writer: new FieldWriter(log, 'ARGS_POST', nameBytesMax) };
}

function give(writer: FieldWriter, text: string): void {
  const bytes = toBytes(text);
  writer.run(bytes, 0, bytes.length);
}

describe('FieldWriter', () => {
  it('writes a name and a value from runs and bytes', () => {
    const { log, writer } = writerOf(100);
    writer.startName();
    give(writer, 'na');
    writer.byte(0x6d);
    give(writer, 'e');
    writer.endName();
    writer.startValue();
    give(writer, 'val');
    writer.byte(0x75);
    give(writer, 'e');
    writer.endValue();
    expect(log.lines()).toStrictEqual(['ARGS_POST name = value']);
  });

  it('keeps the order of scratch and long runs', () => {
    const { log, writer } = writerOf(100);
    writer.startValue();
    const parts = ['x'.repeat(500), 'ab', 'y'.repeat(70), 'c'];
    for (let round = 0; round < 50; round += 1) {
      for (const part of parts) give(writer, part);
      writer.byte(0x21);
    }
    writer.endValue();
    expect(log.fields[0]?.value).toBe(`${parts.join('')}!`.repeat(50));
  });

  it('appends to a kept name', () => {
    const { log, writer } = writerOf(100);
    writer.appendName('json');
    const kept = writer.nameLength;
    for (const key of ['a', 'b']) {
      writer.truncateName(kept);
      writer.appendName('.');
      writer.startName();
      give(writer, key);
      writer.endName();
      writer.startValue();
      writer.endValue();
    }
    expect(log.lines()).toStrictEqual(['ARGS_POST json.a =', 'ARGS_POST json.b =']);
  });

  it('grows a name byte by byte up to its limit', () => {
    const { log, writer } = writerOf(4096);
    writer.startName();
    for (let count = 0; count < 4096; count += 1) writer.byte(0x61);
    writer.endName();
    writer.startValue();
    writer.endValue();
    expect(log.lines()).toStrictEqual([`ARGS_POST ${'a'.repeat(4096)} =`]);
  });

  for (const way of ['run', 'byte'] as const) {
    it(`reports a complete name above the limit as a value, given by ${way}`, () => {
      const { log, writer } = writerOf(4);
      writer.appendName('p.');
      writer.startName();
      if (way === 'run') give(writer, 'abc');
      else for (const byte of toBytes('abc')) writer.byte(byte);
      writer.endName();
      writer.startValue();
      give(writer, 'v');
      writer.endValue();
      expect(log.lines()).toStrictEqual(['ARGS_POST p.ab = abc', 'ARGS_POST p.ab = v']);
    });
  }

  it('leaves out what exceeds the limit of its own text', () => {
    const { writer } = writerOf(3);
    writer.appendName('json');
    expect(writer.nameLength).toBe(3);
  });

  it('reports an unfinished name or value on abort', () => {
    const { log, writer } = writerOf(10);
    writer.startName();
    writer.byte(0x61);
    writer.abort();
    writer.startValue();
    writer.byte(0x62);
    writer.abort();
    writer.abort();
    expect(log.lines()).toStrictEqual(['ARGS_POST a =', 'ARGS_POST a = b']);
  });
});

describe('writeField', () => {
  it('writes name and value', () => {
    const log = new EventLog();
    writeField(log, 'REQUEST_COOKIES', { name: 'a', value: '\u00ff', nameBytesMax: 1 });
    writeField(log, 'REQUEST_COOKIES', { name: 'ab', value: '', nameBytesMax: 1 });
    expect(log.lines()).toStrictEqual(['REQUEST_COOKIES a = \\xff', 'REQUEST_COOKIES a = ab', 'REQUEST_COOKIES a =']);
  });
});
