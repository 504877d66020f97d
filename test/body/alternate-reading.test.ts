import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { AlternateReading } from '../../src/body/alternate-reading.ts';
import { openWideDecoder } from '../../src/body/charset.ts';
import { FormDecoder } from '../../src/body/form.ts';
import { selectDecoder } from '../../src/body/select.ts';
import type { FieldSink } from '../../src/http/field.ts';
import { EventLog, everyCut } from '../support/event-log.ts';

/** What both readings report at every cut, in blocks of 16 bytes; lines of the alternate reading begin with `2: `. */
function linesAtEveryCut(text: string | Uint8Array, label = ''): string[] {
  let first: string[] | undefined;
  for (const { name, chunks } of everyCut(Buffer.from(text as string))) {
    const order: string[] = [];
    const numbered = (log: EventLog, prefix: string): FieldSink => ({
      begin: (source, field) => {
        order.push(`${prefix}${field}`);
        log.begin(source, field);
      },
      write: (value) => log.write(value),
      end: () => log.end(),
      fact: (fact, value) => log.fact(fact, value),
    });
    const logs = [new EventLog(), new EventLog()] as const;
    const look = new AlternateReading(new FormDecoder(numbered(logs[0], ''), { limits }), {
      declared: 'form',
      charset: label,
      sink: numbered(logs[1], '2: '),
      open: ({ processor, charset, boundary = '' }, quiet) => {
        const contentTypes = [`multipart/mixed; boundary=${boundary}`];
        const { decoder } = selectDecoder({ contentTypes, processor, sink: quiet, limits });
        return charset === undefined ? decoder : openWideDecoder(charset, decoder, { keepsAscii: false });
      },
      sniffBytesMax: 8,
      blockBytes: 16,
    });
    for (const chunk of chunks) look.write(chunk);
    look.end();
    expect(!logs[0].isOpen && !logs[1].isOpen).toBe(true);
    const lines = [...logs[0].lines(), ...logs[1].lines().map((line) => `2: ${line}`), order.join('; ')];
    first ??= lines;
    expect(lines, name).toStrictEqual(first);
  }
  return first ?? [];
}

describe('AlternateReading', () => {
  it('adds nothing to a form', () => {
    expect(linesAtEveryCut('a=1&b=2')).toStrictEqual(['ARGS_POST a = 1', 'ARGS_POST b = 2', 'a; b']);
    expect(linesAtEveryCut('')).toStrictEqual(['']);
    expect(linesAtEveryCut('-a=1 longer than the head')).toStrictEqual(['ARGS_POST -a = 1 longer than the head', '-a']);
  });

  it('reads JSON called a form both ways', () => {
    expect(linesAtEveryCut('{"a":"\\u003cx"}')).toStrictEqual([
      'ARGS_POST {"a":"\\x5cu003cx"} =',
      '2: ARGS_POST json.a = <x',
      '2: FACT BODY_TYPE_MISMATCH = form/JSON',
      '2: json.a; {"a":"\\u003cx"}',
    ]);
    expect(linesAtEveryCut('{}')).toStrictEqual(['ARGS_POST {} =', '2: FACT BODY_TYPE_MISMATCH = form/JSON', '{}']);
  });

  it('reads XML called a form both ways', () => {
    expect(linesAtEveryCut('<a b="1">2</a>').slice(0, -1)).toStrictEqual([
      'ARGS_POST <a b = "1">2</a>',
      '2: XML_ATTRIBUTE b = 1',
      '2: XML_TEXT  = 2',
      '2: FACT BODY_TYPE_MISMATCH = form/XML',
    ]);
  });

  it('also reads wide text as bytes: any form may contain a NUL', () => {
    const wide = Buffer.from('a=<', 'utf16le');
    const asBytes = 'ARGS_POST a\\x00 = \\x00<\\x00';
    expect(linesAtEveryCut(wide, 'utf-16le').slice(0, -1)).toStrictEqual([asBytes, '2: ARGS_POST a = <']);
    expect(linesAtEveryCut(wide)).toStrictEqual([asBytes, 'a\0']);
    expect(linesAtEveryCut(Buffer.from('\ufeffa=<', 'utf16le'), 'utf-8').slice(0, -1)).toStrictEqual([
      'ARGS_POST \\xff\\xfea\\x00 = \\x00<\\x00',
      '2: ARGS_POST a = <',
      '2: FACT BODY_TYPE_MISMATCH = form/utf-16',
    ]);
    expect(linesAtEveryCut('a=<x', 'utf-16be').slice(0, 1)).toStrictEqual(['ARGS_POST a = <x']);
  });

  it('skips white space, however much there is', () => {
    for (const length of [1, 7, 8, 9, 15, 16, 17, 40]) {
      const lines = linesAtEveryCut(`${' \n'.repeat(length)}{"a":"<"}`);
      expect(lines.includes('2: ARGS_POST json.a = <'), `${length}: ${lines.join('; ')}`).toBe(true);
    }
  });

  it('lets both take turns in the same order, however long the body is', () => {
    const records = Array.from({ length: 9 }, (_, n) => `"&k${n}=":"${n}"`).join();
    const lines = linesAtEveryCut(`{${records}}`);
    expect(lines.filter((line) => line.startsWith('2: ARGS_POST json.')).length).toBe(9);
    expect(lines.at(-1) ?? '').toMatch(/k0.*json.*k3.*json/);
  });

  it('ends the alternate reading where it does not decode, and continues the first', () => {
    expect(linesAtEveryCut('{"a":1,x&b=2')).toStrictEqual([
      'ARGS_POST {"a":1,x =',
      'ARGS_POST b = 2',
      '2: ARGS_POST json.a = 1',
      '2: FACT BODY_TYPE_MISMATCH = form/JSON',
      '{"a":1,x; b; 2: json.a',
    ]);
  });

  it('can be flushed at any time', () => {
    const logs = [new EventLog(), new EventLog()] as const;
    const look = new AlternateReading(new FormDecoder(logs[0], { limits }), {
      declared: 'form',
      charset: '',
      sink: logs[1],
      open: (_, quiet) => selectDecoder({ contentTypes: [], processor: 'JSON', sink: quiet, limits }).decoder,
      sniffBytesMax: 8,
      blockBytes: 64,
    });
    look.write(Buffer.from('{    '));
    look.flush();
    expect([...logs[1].facts], 'too little to tell').toStrictEqual([]);
    expect(look.heldBytes).toBe(5);
    look.write(Buffer.from('"a":1,"b":2,'));
    look.flush();
    expect(logs[1].fields.length).toBe(2);
    expect(look.heldBytes, 'the form has a name that has not ended').toBe(17);
  });
});
