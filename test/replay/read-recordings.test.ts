import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecordings } from '../../src/replay/read-recordings.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const audit = '{"event":"exchange","requestId":"r1","method":"GET","target":"/a"}';
const files = {
  'a.har': JSON.stringify({ log: { entries: [{ request: { method: 'GET', url: 'http://h/har' } }] } }, undefined, 2),
  'audit.jsonl': `${audit}\n{"event":"start"}\nnot json\n${audit.replace('r1', 'r2')}\n`,
  'raw.http': 'GET /raw HTTP/1.1\r\nHost: h\r\n\r\n',
  'broken.http': 'GET /raw HTTP/1.1\r\nHost : h\r\n\r\n',
  'tests/7.yaml':
    'tests:\n- stages:\n  - input: { uri: /one, headers: { Host: h } }\n    output: {}\n- stages:\n  - input: { uri: /two, headers: { Host: h } }\n    output: {}\n  - input: { uri: /three, headers: { Host: h } }\n    output: {}\n',
  'other.json': '{"a":1}',
  'marked.har': `\xef\xbb\xbf \n${JSON.stringify({ log: { entries: [{ request: { method: 'GET', url: 'http://h/marked' } }] } })}`,
  'archive.zip': 'PK\x03\x04',
  empty: '',
};

describe('readRecordings', () => {
  it('recognises a file by its content', (test) => {
    const folder = ruleFolder(test, files);
    const read = (...names: string[]) =>
      readRecordings(names.map((name) => join(folder, name))).map(
        ({ name, exchange }) => `${name.replace(`${folder}/`, '')} ${exchange.request.target}`,
      );
    expect(read('a.har', 'marked.har', 'audit.jsonl', 'raw.http', 'tests')).toStrictEqual([
      'a.har#1 /har',
      'marked.har#1 /marked',
      'r1 /a',
      'r2 /a',
      'raw.http /raw',
      '7-1 /one',
      '7-2/1 /two',
      '7-2/2 /three',
    ]);
    expect(() => read('other.json')).toThrow(/neither a HAR nor an audit log/);
    expect(() => read('no.har')).toThrow(/ENOENT/);
    for (const name of ['broken.http', 'archive.zip', 'empty']) {
      expect(() => read(name), name).toThrow(/neither a HAR, an audit log nor an HTTP\/1 request$/);
    }
  });
});
