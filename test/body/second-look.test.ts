import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { FormDecoder } from '../../src/body/form.ts';
import { SecondLook } from '../../src/body/second-look.ts';
import { selectDecoder } from '../../src/body/select.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

function linesAtEveryCut(text: string, keptBytesMax = 100): string[] {
  let first: string[] | undefined;
  let unread = 0;
  for (const { name, chunks } of everyCut(Buffer.from(text))) {
    const lines = runDecoder(
      (sink) =>
        new SecondLook(new FormDecoder(sink, limits), {
          declared: 'form',
          sink,
          open: (look, quiet) =>
            selectDecoder({ contentTypes: [], processor: look.processor, sink: quiet, limits }).decoder,
          onUnread: (bytes) => {
            unread = bytes;
          },
          keptBytesMax,
          sniffBytesMax: 8,
        }),
      chunks,
    );
    if (unread > 0) lines.push(`unread: ${unread}`);
    first ??= lines;
    assert.deepEqual(lines, first, name);
  }
  return first ?? [];
}

describe('SecondLook', () => {
  it('adds nothing to a form', () => {
    assert.deepEqual(linesAtEveryCut('a=1&b=2'), ['ARGS_POST a = 1', 'ARGS_POST b = 2']);
    assert.deepEqual(linesAtEveryCut(''), []);
    assert.deepEqual(linesAtEveryCut('-a=1 longer than the head'), ['ARGS_POST -a = 1 longer than the head']);
  });

  it('reads JSON called a form both ways', () => {
    assert.deepEqual(linesAtEveryCut('{"a":"\\u003cx"}'), [
      'ARGS_POST {"a":"\\x5cu003cx"} =',
      'ARGS_POST json.a = <x',
      'FACT BODY_TYPE_MISMATCH = form/JSON',
    ]);
    assert.deepEqual(linesAtEveryCut('{}'), ['ARGS_POST {} =', 'FACT BODY_TYPE_MISMATCH = form/JSON']);
  });

  it('reads XML called a form both ways', () => {
    assert.deepEqual(linesAtEveryCut('<a b="1">2</a>'), [
      'ARGS_POST <a b = "1">2</a>',
      'XML_ATTRIBUTE b = 1',
      'XML_TEXT  = 2',
      'FACT BODY_TYPE_MISMATCH = form/XML',
    ]);
  });

  it('reads no further than what was kept', () => {
    assert.deepEqual(linesAtEveryCut('["1","2","3","4"]', 12), [
      'ARGS_POST ["1","2","3","4"] =',
      'ARGS_POST json.0 = 1',
      'ARGS_POST json.1 = 2',
      'ARGS_POST json.2 = 3',
      'FACT BODY_TYPE_MISMATCH = form/JSON',
      'unread: 5',
    ]);
  });
});
