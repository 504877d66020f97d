import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { charsetLabelOf, lookOpener, openFieldDecoders } from '../../src/body/field-decoders.ts';
import { processorOf } from '../../src/body/select.ts';
import { bodySinkOf } from '../support/body-sink.ts';
import { EventLog, ReadingLogs } from '../support/event-log.ts';

/** Fields of a body of a type, then those of alternate readings. */
function fieldsOf(contentType: string, body: string, processor?: string): string[] {
  const logs = new ReadingLogs();
  const contentTypes = contentType === '' ? [] : [contentType];
  const options = {
    headers: contentTypes.map((value) => ({ name: 'content-type', value })),
    processor,
    sink: bodySinkOf(logs.first, { openReading: logs.openReading }),
    limits,
  };
  const { decoder } = openFieldDecoders(options, { contentTypes, processor: processorOf(contentTypes) });
  decoder?.write(Buffer.from(body));
  decoder?.end();
  return logs.fields.map(({ source, name, value }) => `${source} ${name}=${value}`);
}

describe('openFieldDecoders', () => {
  const form = 'application/x-www-form-urlencoded';

  it('chooses the decoder of the declared type', () => {
    expect(fieldsOf(form, 'a=1')).toStrictEqual(['ARGS_POST a=1']);
    expect(fieldsOf('application/json', '{"a":1}')).toStrictEqual(['ARGS_POST json.a=1']);
  });

  it('reads a body without a type, and a form, as what it looks like', () => {
    expect(fieldsOf('', '{"a":1}')).toStrictEqual(['ARGS_POST json.a=1']);
    expect(fieldsOf(form, '{"a":1}')).toContain('ARGS_POST json.a=1');
  });

  it('reads nothing where a rule asked for that', () => {
    expect(fieldsOf('', '{"a":1}', 'RAW')).toStrictEqual([]);
  });
});

describe('charsetLabelOf', () => {
  it('takes the charset of the first type', () => {
    expect(charsetLabelOf(['text/plain; charset=UTF-16', 'text/plain; charset=x'])).toBe('UTF-16');
    expect(charsetLabelOf([])).toBe('');
  });
});

describe('lookOpener', () => {
  it('opens the decoder of a look', () => {
    const log = new EventLog();
    const decoder = lookOpener(limits)({ processor: 'XML' }, log);
    decoder.write(Buffer.from('<a>text</a>'));
    decoder.end();
    expect(log.fields).toStrictEqual([{ source: 'XML_TEXT', name: '', value: 'text' }]);
  });
});
