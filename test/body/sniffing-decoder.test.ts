import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { JsonDecoder } from '../../src/body/json.ts';
import { multipartFlags } from '../../src/body/multipart-facts.ts';
import { QuietSink, SniffingDecoder } from '../../src/body/sniffing-decoder.ts';
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
    assert.deepEqual(lines, first, name);
  }
  return first ?? [];
}

describe('QuietSink', () => {
  it('keeps back what stock rules deny on, and passes on the rest', () => {
    const log = new EventLog();
    const quiet = new QuietSink(log);
    for (const name of multipartFlags) quiet.fact(name, '1');
    for (const name of ['REQBODY_ERROR', 'REQBODY_ERROR_MSG'] as const) quiet.fact(name, '1');
    for (const name of ['MULTIPART_NAME', 'MULTIPART_FILENAME', 'BODY_XML_DOCTYPE'] as const) quiet.fact(name, '1');
    assert.deepEqual([...log.facts.keys()], ['MULTIPART_NAME', 'MULTIPART_FILENAME', 'BODY_XML_DOCTYPE']);
  });
});

describe('SniffingDecoder', () => {
  it('decodes as what it looks like, shorter and longer than its head', () => {
    const mismatch = 'FACT BODY_TYPE_MISMATCH = text/plain/JSON';
    assert.deepEqual(linesAtEveryCut('{"a":1}'), ['ARGS_POST json.a = 1', mismatch]);
    assert.deepEqual(linesAtEveryCut('{"a":"0123456789abcdef"}'), ['ARGS_POST json.a = 0123456789abcdef', mismatch]);
    assert.deepEqual(linesAtEveryCut('{"a":"01234567"}'), ['ARGS_POST json.a = 01234567', mismatch], 'just as long');
  });

  it('looks behind white space, however much there is', () => {
    const lines = ['ARGS_POST json.a = 1', 'FACT BODY_TYPE_MISMATCH = text/plain/JSON'];
    for (const space of [' ', '\r\n\t '.repeat(9), `\ufeff${' '.repeat(20)}`]) {
      assert.deepEqual(linesAtEveryCut(`${space}{"a":1}`), lines);
    }
    assert.deepEqual(linesAtEveryCut(' '.repeat(40)), []);
  });

  it('ends silently where it does not decode', () => {
    assert.deepEqual(linesAtEveryCut('{"a":1, and so on, more than the head'), [
      'ARGS_POST json.a = 1',
      'FACT BODY_TYPE_MISMATCH = text/plain/JSON',
    ]);
  });

  it('throws at a limit', () => {
    assert.equal(linesAtEveryCut('[[[[1]]]]').at(-1), 'THROWS body.limit');
  });

  it('reports nothing for what looks like nothing, or is not believed', () => {
    assert.deepEqual(linesAtEveryCut('plain text that goes on'), []);
    assert.deepEqual(linesAtEveryCut(''), []);
    assert.deepEqual(linesAtEveryCut('{"a":1}', 16, false), []);
  });
});
