import { describe, expect, it } from 'vitest';
import { TextStart } from '../../src/http/text-start.ts';
import { everyCut } from '../support/event-log.ts';

/** Where the text begins; -1 if there is none, `undefined` if the value ends before that is known. */
function startOf(chunks: readonly Uint8Array[]): number | undefined {
  const start = new TextStart();
  start.restart();
  let before = 0;
  for (const chunk of chunks) {
    const found = start.find(chunk, 0);
    if (found !== undefined) return found < 0 ? -1 : before + found;
    before += chunk.length;
  }
  return undefined;
}

/** `|` marks where the text begins. */
const texts: readonly string[] = [
  '|{"a":1}',
  ' \r\n\ufeff|["a"]',
  '|"a"',
  "|'a'",
  '/* c */ |{"a":1}',
  '/***/|{}',
  '/* / * **/|{}',
  '// c\n|{a:1}',
  '#c\r\n#d\n |{a}',
  'cb(|{"a":1})',
  'cb (|["a"])',
  "a.b.c_1(|'x')",
  '/**/jQuery$1_2(\n|{"a":1})',
  "/**/ typeof cb === 'function' && cb(|{})",
  '(|{"a":1})',
  '((|{}))',
  'x = |{"a":1}',
  'var x = |{"a":1};',
  'const  x=|[]',
  'return(|{})',
  ')]}\',\n|{"a":1}',
  ")]}'\n|[1]",
  ')]}|{}',
  'for(;;);|{"a":1}',
  'while(1);|[1]',
  'while (true) ;|{}',
  'throw 1; <dont be evil> |{}',
  '1 |{"a":1}',
  '-1.5e-3\n|["a"]',
  'null |["a"]',
  'query|{a}',
  'query| Q{a}',
  'mutation|(a:1)',
  '#c\nsubscription| S{a}',
];

const none: readonly string[] = [
  'text with "quotes"',
  'a "b"',
  "O'Neill",
  'word',
  'call(me) "now"',
  'array[0] = "x"',
  'queryx {a}',
  'function f() { return "a" }',
  'foreach (x) {',
  'for example {x}',
  ':) "smile"',
  ') and "so"',
  '/path/to "x"',
  '# Title "x"',
  '<a b="c">',
  '5" or 6"',
  `${'a'.repeat(200)}({})`,
  `)${']'.repeat(200)}{}`,
  '',
  '   ',
];

describe('TextStart', () => {
  for (const marked of texts) {
    it(`finds the text in ${JSON.stringify(marked)}, at every cut`, () => {
      const bytes = Buffer.from(marked.replace('|', ''));
      const expected = Buffer.from(marked.slice(0, marked.indexOf('|'))).length;
      for (const { name, chunks } of everyCut(bytes)) expect(startOf(chunks), name).toBe(expected);
    });
  }

  for (const value of none) {
    it(`finds none in ${JSON.stringify(value.slice(0, 40))}, at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(value))) expect(startOf(chunks) ?? -1, name).toBeLessThan(0);
    });
  }

  it('starts again with each value', () => {
    const start = new TextStart();
    expect(start.find(Buffer.from('query'), 0)).toBe(undefined);
    start.restart();
    expect(start.find(Buffer.from('{}'), 0)).toBe(0);
  });
});
