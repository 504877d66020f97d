import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { JsonDecoder } from '../../../src/body/json.ts';
import type { PartDescription } from '../../../src/body/multipart/multipart-headers.ts';
import { PartContent } from '../../../src/body/multipart/part-content.ts';
import { everyCut, ReadingLogs } from '../../support/event-log.ts';

const plain: PartDescription = {
  lines: [],
  names: ['a'],
  otherNames: [],
  filenames: [],
  role: 'field',
  isCharset: false,
  contentType: '',
  transferEncoding: '',
  undecodedEncoding: '',
  charset: '',
  facts: [],
  problems: [],
};

/** The result for a part, the same at every cut: fields, then problems and undecoded bytes. */
function read(part: Partial<PartDescription>, content: string, isReadOnce = false): string[] {
  let first: string[] | undefined;
  for (const { name, chunks } of everyCut(Buffer.from(content, 'latin1'))) {
    const logs = new ReadingLogs();
    const told: string[] = [];
    const parts = new PartContent({
      sink: logs.first,
      openReading: isReadOnce ? undefined : logs.openReading,
      openTyped: (type, sink) => (type === 'application/json' ? new JsonDecoder(sink, limits) : undefined),
      onProblem: (message) => told.push(message),
      onUnread: (bytes) => told.push(`${bytes} unread`),
    });
    const decoder = parts.open({ ...plain, ...part }, 'a');
    for (const chunk of chunks) decoder.write(chunk);
    decoder.end();
    expect(logs.isOpen).toBeFalsy();
    const lines = [...logs.fields.map((field) => `${field.source} ${field.name} = ${field.value}`), ...told];
    first ??= lines;
    expect(lines, name).toStrictEqual(first);
  }
  return first ?? [];
}

describe('PartContent', () => {
  const json = { contentType: 'application/json' };
  const cases: readonly (readonly [
    title: string,
    part: Partial<PartDescription>,
    content: string,
    lines: readonly string[],
  ])[] = [
    ['a field', {}, 'x', ['ARGS_POST a = x']],
    ['a file', { role: 'file' }, 'x', ['FILE_CONTENT a = x']],
    ['content that is neither', { role: 'content', names: [] }, 'x', ['FILE_CONTENT a = x']],
    ['a file for some servers only', { role: 'both' }, 'x', ['FILE_CONTENT a = x', 'ARGS_POST a = x']],
    [
      'a field that has another name for some servers',
      { names: ['a '], otherNames: ['a'] },
      'x',
      ['ARGS_POST a = x', 'ARGS_POST_READING a = x'],
    ],
    [
      'a file that has',
      { names: ['a '], otherNames: ['a'], role: 'both' },
      'x',
      ['FILE_CONTENT a = x', 'ARGS_POST a = x', 'FILE_CONTENT a = x', 'ARGS_POST_READING a = x'],
    ],
    ['a field with several names', { names: ['b ', 'c '], otherNames: ['b', 'c'] }, 'x', ['ARGS_POST a = x']],
    [
      'a field in a coding',
      { undecodedEncoding: 'gzip' },
      'x',
      ['ARGS_POST a = x', 'a part has the encoding gzip', '1 unread'],
    ],
    [
      'a file in a coding',
      { role: 'file', undecodedEncoding: 'x-uuencode' },
      'xy',
      ['FILE_CONTENT a = xy', '2 unread'],
    ],
    ['an encoded field', { transferEncoding: 'base64' }, 'PA==', ['ARGS_POST a = <', 'ARGS_POST a = PA==']],
    [
      'an encoded file',
      { role: 'file', transferEncoding: 'base64' },
      'PA==',
      ['FILE_CONTENT a = <', 'FILE_CONTENT a = PA=='],
    ],
    [
      'an encoded part that is both',
      { role: 'both', transferEncoding: 'base64' },
      'PA==',
      ['FILE_CONTENT a = <', 'ARGS_POST a = <', 'ARGS_POST a = PA=='],
    ],
    ['an encoding that changes nothing', { transferEncoding: 'binary' }, 'x', ['ARGS_POST a = x']],
    ['a file in a wide charset', { role: 'file', charset: 'utf-16le' }, '<\0', ['FILE_CONTENT a = <\0']],
    ['JSON in a field', json, '{"b":"\\u003c"}', ['ARGS_POST a = {"b":"\\u003c"}', 'ARGS_POST json.b = <']],
    [
      'JSON in a file',
      { ...json, role: 'file' },
      '{"b":"\\u003c"}',
      ['FILE_CONTENT a = {"b":"\\u003c"}', 'ARGS_POST json.b = <'],
    ],
    [
      'JSON in base64',
      { ...json, transferEncoding: 'base64' },
      'eyJiIjoiPCJ9',
      ['ARGS_POST a = {"b":"<"}', 'ARGS_POST a = eyJiIjoiPCJ9', 'ARGS_POST json.b = <'],
    ],
    ['an empty part', json, '', ['ARGS_POST a = ']],
    ['a type that asks for nothing', { contentType: 'text/plain' }, '{}', ['ARGS_POST a = {}']],
    ['a file that is not JSON', { ...json, role: 'file' }, '{x', ['FILE_CONTENT a = {x', '2 unread']],
    ['content that is not JSON', { ...json, role: 'content', names: [] }, '{x', ['FILE_CONTENT a = {x', '2 unread']],
    ['the charset of the form', { isCharset: true }, 'utf-8', ['ARGS_POST a = utf-8']],
    [
      'a wide charset of the form',
      { isCharset: true },
      'UTF-16',
      ['ARGS_POST a = UTF-16', 'the form declares a charset that is not ASCII-compatible'],
    ],
    [
      'an unknown charset of the form',
      { isCharset: true },
      'ibm037',
      ['ARGS_POST a = ibm037', 'the form declares a charset that is not ASCII-compatible'],
    ],
  ];
  for (const [title, part, content, lines] of cases) {
    it(`reads ${title}`, () => expect(read(part, content)).toStrictEqual(lines));
  }

  it('finds a problem in a field that does not match its type', () => {
    expect(read(json, '{x').at(-1) ?? '').toMatch(/^a part does not match its type: /);
  });

  it('without alternate readings, reads a part once, as what more rules look at', () => {
    expect(read({ role: 'both', ...json }, '{}', true)).toStrictEqual(['ARGS_POST a = {}']);
    expect(read({ role: 'file' }, 'x', true)).toStrictEqual(['FILE_CONTENT a = x']);
  });
});
