import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { JsonDecoder } from '../../src/body/json.ts';
import { multipartFlags } from '../../src/body/multipart/multipart-facts.ts';
import { LenientSink, SniffingDecoder } from '../../src/body/sniffing-decoder.ts';
import { EventLog, everyCut, runDecoder } from '../support/event-log.ts';

function linesAtEveryCut(text: string, sniffBytesMax = 16, isBelieved = true): string[] {
  let first: string[] | undefined;
  for (const { name, chunks } of everyCut(Buffer.from(text))) {
    const lines = runDecoder(
      (sink) =>
        new SniffingDecoder({
          declared: 'text/plain',
          sink,
          believed: isBelieved ? ['JSON'] : [],
          open: (_, quiet) => new JsonDecoder(quiet, { ...limits, jsonDepthMax: 3 }),
          sniffBytesMax,
        }),
      chunks,
    );
    first ??= lines;
    expect(lines, name).toStrictEqual(first);
  }
  return first ?? [];
}

describe('LenientSink', () => {
  it('withholds facts that stock rules deny on, and passes on the rest', () => {
    const log = new EventLog();
    const quiet = new LenientSink(log);
    for (const name of multipartFlags) quiet.fact(name, '1');
    for (const name of ['REQBODY_ERROR', 'REQBODY_ERROR_MSG'] as const) quiet.fact(name, '1');
    for (const name of ['MULTIPART_NAME', 'MULTIPART_FILENAME', 'BODY_XML_DOCTYPE'] as const) quiet.fact(name, '1');
    expect([...log.facts.keys()]).toStrictEqual(['MULTIPART_NAME', 'MULTIPART_FILENAME', 'BODY_XML_DOCTYPE']);
  });
});

describe('SniffingDecoder', () => {
  it('decodes what it recognises, in bodies shorter and longer than its head', () => {
    const mismatch = 'FACT BODY_TYPE_MISMATCH = text/plain/JSON';
    expect(linesAtEveryCut('{"a":1}')).toStrictEqual(['ARGS_POST json.a = 1', mismatch]);
    expect(linesAtEveryCut('{"a":"0123456789abcdef"}')).toStrictEqual([
      'ARGS_POST json.a = 0123456789abcdef',
      mismatch,
    ]);
    expect(linesAtEveryCut('{"a":"01234567"}'), 'just as long').toStrictEqual([
      'ARGS_POST json.a = 01234567',
      mismatch,
    ]);
  });

  it('skips white space, however much there is', () => {
    const lines = ['ARGS_POST json.a = 1', 'FACT BODY_TYPE_MISMATCH = text/plain/JSON'];
    for (const space of [' ', '\r\n\t '.repeat(9), `\ufeff${' '.repeat(20)}`]) {
      expect(linesAtEveryCut(`${space}{"a":1}`)).toStrictEqual(lines);
    }
    expect(linesAtEveryCut(' '.repeat(40))).toStrictEqual([]);
  });

  it('ends silently where it does not decode', () => {
    expect(linesAtEveryCut('{"a":1, and so on, more than the head')).toStrictEqual([
      'ARGS_POST json.a = 1',
      'FACT BODY_TYPE_MISMATCH = text/plain/JSON',
    ]);
  });

  it('throws at a limit', () => {
    expect(linesAtEveryCut('[[[[1]]]]').at(-1)).toBe('THROWS body.limit');
  });

  it('reports nothing for unknown formats, or those that are excluded', () => {
    expect(linesAtEveryCut('plain text that goes on')).toStrictEqual([]);
    expect(linesAtEveryCut('')).toStrictEqual([]);
    expect(linesAtEveryCut('{"a":1}', 16, false)).toStrictEqual([]);
  });
});
