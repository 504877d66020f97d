// The worst requests that we can construct, by what they are meant to keep busy: a decoder, a reader of heads, an operator, a
// transformation, or everything at once. Those of the last kind were found by hand and by `npm run fuzz -- --target work`.

import { nativeAddon } from '../../src/matching/native.ts';
import { readCorpus } from '../../test/fuzz/corpus.ts';
import { exchangeOf, writtenOut } from '../../test/fuzz/exchange-input.ts';
import type { CutExchange } from '../../test/support/cut-exchanges.ts';
import { worstBodies } from '../corpora/worst-bodies.ts';
import { worstExchanges } from '../corpora/worst-exchanges.ts';
import { worstValues } from '../corpora/worst-values.ts';

const KiB = 1024;

/** What Envoy lets through of a head by default (60 KiB), less the headers that every request has. */
const headBytesMax = 56 * KiB;

/** One request, or a response to a plain one. */
export interface Input {
  readonly name: string;
  readonly make: () => CutExchange;
}

/** Inputs for one part of the engine. */
export interface Group {
  /** Such as `decoder JSON`, `@detectSQLi`, `t:htmlEntityDecode`. */
  readonly name: string;
  /** A rule of its own that the inputs are given to; undefined: the rule set. */
  readonly rule?: string;
  readonly inputs: readonly Input[];
}

const plain = { title: '', method: 'POST', target: '/', protocol: 'HTTP/1.1' };

const decoderGroups = (bytes: number): readonly Group[] =>
  [...new Set(worstBodies.map(({ decoder }) => decoder))].map((decoder) => ({
    name: `decoder ${decoder}`,
    inputs: worstBodies
      .filter((body) => body.decoder === decoder)
      .map(({ name, headers, make }) => ({ name, make: () => ({ ...plain, headers, body: make(bytes) }) })),
  }));

/** A request whose body has so many bytes, or one with so long a head as Envoy allows. */
function headOrBody(make: (typeof worstExchanges)[number]['make'], bytes: number): CutExchange {
  const wanted = make(64).body.length >= 64 ? bytes : Math.min(bytes, headBytesMax);
  const { target, headers, body } = make(wanted);
  return { ...plain, target, headers: headers.map(([name, value]) => ({ name, value })), body };
}

const requestGroup = (bytes: number): Group => ({
  name: 'heads and fields',
  inputs: worstExchanges.map(({ name, make }) => ({ name, make: () => headOrBody(make, bytes) })),
});

const searchedGroup = (bytes: number): Group => ({
  name: 'found by searching',
  inputs: readCorpus('work').map((input, at) => ({
    name: input.note ?? `input ${at + 1}`,
    make: () => exchangeOf(writtenOut(input.bytes, bytes)),
  })),
});

/** An argument as it is, in a form of parts: nothing has to be escaped in it. */
const argument = (value: Buffer): CutExchange => ({
  ...plain,
  headers: [{ name: 'content-type', value: 'multipart/form-data; boundary=weirbench' }],
  body: Buffer.concat([
    Buffer.from('--weirbench\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    value,
    Buffer.from('\r\n--weirbench--\r\n'),
  ]),
});

/** Operators that read a value, with arguments for which no short cut is likely. */
const operators: readonly string[] = [
  '@rx (?i)(?:union[\\s/*]+select|<[a-z]+[^>]*\\son[a-z]+\\s*=)',
  '@rx ^(?:(?:a|b|a ?)+)+$',
  '@rx (?:.*a){9}[^a]{20}b',
  '@detectSQLi',
  '@detectXSS',
  '@pm union select from where drop sleep script alert onerror aaaaaaab',
  '@contains aaaaaaaaaaaaaaab',
  '@containsWord aaab',
  '@strmatch aaaaaaaaaaaaaaab',
  '@beginsWith aaab',
  '@endsWith aaab',
  '@streq aaab',
  '@within aaaa,aaab',
  '@validateByteRange 32-126',
  '@validateUrlEncoding',
  '@validateUtf8Encoding',
  '@verifyCC \\b\\d{13,16}\\b',
  '@verifySSN \\d{3}-?\\d{2}-?\\d{4}',
  '@verifyCPF \\d{11}',
];

function valueGroup(name: string, rule: string, bytes: number): Group {
  const inputs = worstValues.map(([value, make]) => ({ name: value, make: () => argument(make(bytes)) }));
  return { name, rule, inputs };
}

/** All groups. @param bytes of what is made long: a body, a value, or as much of a head as Envoy allows. */
export function groupsOf(bytes: number): readonly Group[] {
  const ruleOf = (operator: string, transformations: string): string =>
    `SecRule ARGS "${operator}" "id:1,phase:2,pass,nolog,t:none${transformations}"`;
  return [
    searchedGroup(bytes),
    requestGroup(bytes),
    ...decoderGroups(bytes),
    ...operators.map((operator) => valueGroup(operator, ruleOf(operator, ''), bytes)),
    ...nativeAddon()
      .transformNames()
      .map((name) => valueGroup(`t:${name}`, ruleOf('@rx \\x00never\\x00', `,t:${name}`), bytes)),
  ];
}
