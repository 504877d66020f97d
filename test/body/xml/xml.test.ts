import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { XmlDecoder } from '../../../src/body/xml/xml.ts';
import { cutAt, EventLog, runDecoder } from '../../support/event-log.ts';
import { linearity } from '../../support/linearity.ts';

/** A document, and what a reader finds in it. */
interface Sample {
  readonly written: string;
  readonly found: readonly string[];
}

const character = fc.oneof(
  fc.constantFrom(...'abc <&>"\'\u20ac]-?').map((text) => ({ text, plain: !/[<&>"']/.test(text) })),
  fc.constant({ text: '\u{1f600}', plain: true }),
);

/** One character as itself or as a reference. */
const piece = fc.tuple(character, fc.nat(2)).map(([{ text, plain }, way]) => {
  const code = text.codePointAt(0) ?? 0;
  if (way === 0 || !plain) return { written: `&#x${code.toString(16)};`, text };
  return way === 1 ? { written: `&#${code};`, text } : { written: text, text };
});
const pieces = fc.array(piece, { maxLength: 8 });

const bytes = (text: string): string => Buffer.from(text).toString('latin1');
const written = (list: readonly { written: string }[]): string => list.map((one) => one.written).join('');
const text = (list: readonly { text: string }[]): string => list.map((one) => one.text).join('');

const content: fc.Arbitrary<Sample> = pieces.map((list) => {
  const plain = bytes(text(list)).replace(/^ +| +$/g, '');
  return { written: written(list), found: plain === '' ? [] : [`text=${plain}`] };
});

const element: fc.Arbitrary<Sample> = fc.letrec<{ element: Sample }>((tie) => ({
  element: fc
    .record({
      attributes: fc.uniqueArray(fc.record({ name: fc.constantFrom('x', 'y:z', '\u00e9'), value: pieces }), {
        selector: (one) => one.name,
        maxLength: 3,
      }),
      before: content,
      children: fc.oneof(
        { maxDepth: 3 },
        fc.constant<[Sample, Sample][]>([]),
        fc.array(fc.tuple(tie('element'), content), { maxLength: 3 }),
      ),
    })
    .map(({ attributes, before, children }) => ({
      written: [
        '<e',
        ...attributes.map(({ name, value }) => ` ${name}="${written(value)}"`),
        '>',
        before.written,
        ...children.map(([child, after]) => child.written + after.written),
        '</e>',
      ].join(''),
      found: [
        ...attributes.map(({ name, value }) => `${bytes(name)}=${bytes(text(value))}`),
        ...before.found,
        ...children.flatMap(([child, after]) => [...child.found, ...after.found]),
      ],
    })),
})).element;

describe('XmlDecoder', () => {
  it('finds what was written', () => {
    fc.assert(
      fc.property(element, (sample) => {
        const log = new EventLog();
        const decoder = new XmlDecoder(log, limits);
        decoder.write(Buffer.from(sample.written));
        decoder.end();
        expect(
          log.fields
            .filter(({ name }) => name !== 'joined')
            .map(({ source, name, value }) => `${source === 'XML_TEXT' ? 'text' : name}=${value}`),
          sample.written,
        ).toStrictEqual(sample.found);
      }),
      { numRuns: 1000 },
    );
  });

  it('reports the same however the bytes are cut', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '?',
      '-',
      '--',
      ']',
      '[',
      '&',
      ';',
      '#',
      'x',
      '"',
      "'",
      '=',
      ' ',
      'a',
      '1',
      '<a>',
      '</a>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE',
      '<?xml',
      '?>',
      '&amp;',
      ' b="',
      '%',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
        const body = Buffer.from(parts.join(''));
        const offsets = cuts.map((cut) => Math.min(cut, body.length)).sort((left, right) => left - right);
        const small = { xmlDepthMax: 3, fieldNameBytesMax: 2 };
        expect(runDecoder((sink) => new XmlDecoder(sink, small), cutAt(body, offsets))).toStrictEqual(
          runDecoder((sink) => new XmlDecoder(sink, small), [body]),
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('rejects comments inside a text that are too long to hold until its end', () => {
    const note = (bytes: number) => `<a>x<!--${'c'.repeat(bytes)}-->y</a>`;
    const run = (body: string) => runDecoder((sink) => new XmlDecoder(sink, limits), [Buffer.from(body)]);
    expect(run(note(4096))).toStrictEqual(['XML_TEXT  = xy', `XML_TEXT !-- = ${'c'.repeat(4096)}`]);
    expect(run(note(4097)).at(-1)).toBe('THROWS body.malformed');
  });

  it('keeps white space inside a text of any length', () => {
    const run = (body: string) => runDecoder((sink) => new XmlDecoder(sink, limits), [Buffer.from(body)]);
    for (const count of [1, 255, 256, 257, 1000]) {
      expect(run(`<a>x${' '.repeat(count)}y</a>`)).toStrictEqual([`XML_TEXT  = x${' '.repeat(count)}y`]);
    }
  });

  it('stops a million levels at the depth limit', () => {
    const decoder = new XmlDecoder(new EventLog(), limits);
    expect(() => decoder.write(Buffer.from('<a>'.repeat(1_000_000)))).toThrow(
      expect.objectContaining({ code: 'body.limit' }),
    );
  });

  it('reports the first problem', () => {
    const decoder = new XmlDecoder(new EventLog(), limits);
    decoder.write(Buffer.from('<a b=1>&x;'));
    expect(() => decoder.end()).toThrow(
      expect.objectContaining({ code: 'body.malformed', message: 'XML: an attribute value has no quotes' }),
    );
  });

  const worst = [
    ['text', 'x'],
    ['white space', ' '],
    ['white space between letters', '  x'],
    ['references', '&#x41;'],
    ['zeros', '&#000'],
    ['ampersands', '&'],
    ['elements', '<a></a>'],
    ['attributes', '<a b="c"/>'],
    ['one tag of attributes', '<a'],
    ['comments', '<!--x-->'],
    ['hyphens in a comment', '-'],
    ['brackets in CDATA', ']'],
    ['less-than signs', '<'],
    ['entities', '<!ENTITY a "&b;">'],
  ] as const;
  const starts = new Map([
    ['one tag of attributes', '<a '],
    ['hyphens in a comment', '<a><!--'],
    ['brackets in CDATA', '<a><![CDATA['],
    ['entities', '<!DOCTYPE a ['],
  ]);
  for (const [name, unit] of worst) {
    it(`takes time in proportion to its input: ${name}`, () => {
      linearity(
        (sink) => new XmlDecoder(sink, limits),
        (size) => Buffer.from((starts.get(name) ?? '<r>') + unit.repeat(size / unit.length)),
      );
    });
  }
});
