// Cookies compared with the parsers of many ecosystems: what one of them passes to an application is in a field that rules see, unchanged or
// apart from percent escapes, which rules decode themselves.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookieFieldsOf } from '../support/cookie-fields.ts';
import { cutSeed } from '../support/cut-exchanges.ts';
import type { LoggedField } from '../support/event-log.ts';
import { type Handed, Sight } from './handed.ts';
import { type Peers, startPeers } from './peers/peers.ts';
import { oracleRuns } from './trial.ts';

const cases: readonly (readonly [why: string, header: string])[] = [
  ['plain cookies', 'a=1; b=2'],
  ['octal escapes', 'a="\\061\\047\\040\\165nion"; b=2'],
  ['octal escapes behind a version', '$Version=1; a="\\061\\047\\040\\165nion"; $Path="/"'],
  ['a semicolon in quotes', 'a="1; b=2"; c=3'],
  ['an escaped quote, and a semicolon', 'a="1\\"; b=2"; c=3'],
  ['quotes that do not end', 'a="1; b=2'],
  ['quotes around nothing', 'a=""; b="'],
  ['no equals sign', 'select 1; a=2'],
  ['no name', '=1; a=2'],
  ['JSON of Express', `a=${encodeURIComponent('j:{"b":"\\u0031","c":["<"]}')}`],
  ['JSON of Express, as it is', 'a=j:{"b":"\\u0031"}'],
  ['a signed cookie', 'a=s%3Ax.c2ln; b=s:j:{"c":"\\u0031"}.c2ln'],
  ['percent escapes', 'a=%31%27+union; %62=2'],
  ['commas', 'a=1, b=2,c="3,4"'],
  ['names with brackets', 'a[b]=1; a[c]=2; d.e=3'],
  ['white space', ' a = 1 ;\tb\t=\t2\t'],
  ['the same name', 'a=1; a=2; A=3'],
  ['bytes beyond ASCII', 'a=\xc3\xa9; b=\xff'],
];

const token = fc.constantFrom(
  ...[
    'a',
    'b',
    '=',
    '; ',
    ';',
    ',',
    ' ',
    '"',
    '\\',
    '\\061',
    '\\"',
    '\\\\',
    '%31',
    '%',
    '+',
    '$Version',
    '{',
    '"b":"\\u0031"',
    '}',
    'j:',
    's:',
    '[',
    ']',
    '.',
    "'",
  ],
);
const headers = fc.array(token, { minLength: 1, maxLength: 14 }).map((tokens) => tokens.join(''));

const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The fields, and their values after t:urlDecodeUni, with and without surrounding quotes. */
function transformed(fields: readonly LoggedField[]): LoggedField[] {
  const unquoted = fields.map((field) => ({ ...field, value: field.value.trim().replace(/^"|"$/g, '') }));
  return [...fields, ...unquoted].flatMap((field) => {
    const name = unescaped(field.name);
    return [
      field,
      { ...field, name, value: unescaped(field.value) },
      { ...field, name, value: unescaped(field.value.replaceAll('+', ' ')) },
    ];
  });
}

/** PHP replaces letters that names of its variables cannot have. */
const mangled = (name: string): string =>
  name
    .trim()
    .replace(/[ .[\]]/g, '_')
    .replace(/_+$/, '');

function isSeen({ role, text }: Handed, fields: readonly LoggedField[]): boolean {
  // White space around a value hides nothing. A part of a value is found in the whole field: rules search it.
  const bare = typeof text === 'string' ? text.trim() : Buffer.from(text).toString('latin1').trim();
  // cookie-parser's value for a wrong signature.
  if (bare === 'false') return true;
  const sight = new Sight(fields);
  if (sight.sees({ role, text: bare }) || sight.sees({ role: 'piece', text: bare })) return true;
  return role !== 'value' && fields.some(({ name }) => mangled(name).includes(mangled(bare)));
}

describe(`cookies: what parsers hand to applications is seen (WEIR_SEED=${cutSeed})`, () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await startPeers('cookie');
  });
  afterAll(() => {
    expect(peers.parsers.length, 'no parser could be asked').toBeGreaterThan(0);
  });

  async function check(header: string): Promise<void> {
    const fields = transformed(cookieFieldsOf(header));
    for (const { name, peer } of peers.parsers) {
      const answers = await peer.ask('cookie', [['Cookie', header]], Buffer.alloc(0));
      for (const handed of answers.get(name) ?? []) {
        expect(
          isSeen(handed, fields),
          `${name} hands over, in no field: ${handed.role} ${JSON.stringify(handed.text)} of ${JSON.stringify(header)}`,
        ).toBeTruthy();
      }
    }
  }

  for (const [why, header] of cases) it(`in ${why}`, () => check(header));

  it('in generated headers', async (context) => {
    for (const reason of peers.missing) context.annotate(`not asked: ${reason}`);
    await fc.assert(fc.asyncProperty(headers, check), { seed: cutSeed, numRuns: oracleRuns });
  });
});
