import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimiterScanner } from '../../../src/body/multipart/delimiter-scanner.ts';
import { cutAt } from '../../support/event-log.ts';

/** Content between delimiters, with `|` for each delimiter and `#` for a final one. */
function scan(boundary: string, chunks: readonly Uint8Array[]): string {
  let seen = '';
  const scanner = new DelimiterScanner(boundary, {
    content: (bytes) => {
      seen += Buffer.from(bytes).toString('latin1');
    },
    endsLine() {},
    lookalike() {},
    problem() {},
  });
  const mark = (): void => {
    if (scanner.found !== 'content') seen += scanner.found === 'final' ? '#' : '|';
  };
  for (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) {
      offset = scanner.read(chunk, offset);
      mark();
    }
  }
  scanner.end();
  mark();
  return seen;
}

/** The same on a whole body, by regular expression. */
function oracle(boundary: string, body: string): string {
  return body.replace(new RegExp(`(?:^|\\r?\\n)--${boundary}(?:(--)|[ \\t]*\\r?(?:\\n|$))`, 'g'), (_, isFinal) =>
    isFinal === undefined ? '|' : '#',
  );
}

describe('DelimiterScanner', () => {
  it('finds delimiters at line starts only', () => {
    expect(scan('b', [Buffer.from('--b\r\nx --b\r\ny\n--b\nz\r\n--b--end')])).toBe('|x --b\r\ny|z#end');
  });

  it('accepts a delimiter that ends with the body', () => {
    expect(scan('b', [Buffer.from('x\r\n--b')])).toBe('x|');
    expect(scan('b', [Buffer.from('x\r\n--b-')])).toBe('x\r\n--b-');
  });

  it('agrees with a search of the whole body however it is cut', () => {
    // A delimiter consumes its line break, so one directly after another does not begin a line: exclude that case.
    const unit = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '--',
      '-',
      'b',
      '--b',
      '\r\n--b',
      '\r\n--b\r\nx',
      '--b--',
      ' ',
      'x',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 5 }), (body, cuts) => {
        fc.pre(!/--b[ \t]*\r?\n(?:\r?\n)?--b/.test(body) && !/--b--\r?\n?--/.test(body));
        const bytes = Buffer.from(body);
        const offsets = cuts.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
        expect(scan('b', cutAt(bytes, offsets)), 'same for every cut').toBe(scan('b', [bytes]));
        expect(scan('b', [bytes]), JSON.stringify(body)).toBe(oracle('b', body));
      }),
      { numRuns: 5000 },
    );
  });
});
