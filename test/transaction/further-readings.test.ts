// Values that an application decodes once more: an attack inside is found by the rules for the value, and nothing else of the
// request looks different.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EbcdicDecoder } from '../../src/body/ebcdic.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const rules = `
SecRequestBodyAccess On
SecRule ARGS|REQUEST_COOKIES|XML://@*|REQUEST_BODY "@contains 1' union" "id:1,phase:2,pass,log,logdata:'%{MATCHED_VAR_NAME}'"
SecRule ARGS|REQUEST_COOKIES "@contains <script>" "id:2,phase:2,pass,log"
SecRule &ARGS "!@eq 1" "id:3,phase:2,pass,log"
SecRule &REQUEST_COOKIES "@gt 1" "id:4,phase:2,pass,log"
SecRule ARGS_NAMES "@contains 1' union" "id:5,phase:2,pass,log"
`;
const json = '{"q":"\\u0031\\u0027 union"}';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
/** The byte of a letter in code page 037. */
function cp037(letter: string): number {
  const bytes = new Map<string, number>();
  const decoder = new EbcdicDecoder({
    write: (chunk) => {
      for (const [byte, latin] of chunk.entries()) bytes.set(String.fromCharCode(latin), byte);
    },
    end: () => {},
    heldBytes: 0,
  });
  decoder.write(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return bytes.get(letter) as number;
}

/** A text inside of `levels` objects of JSON. */
const nest = (text: string, levels: number): string =>
  levels === 0 ? text : nest(JSON.stringify({ a: text }), levels - 1);
const nested = (levels: number): ExchangeCase => ({
  headers: { 'content-type': 'application/json' },
  body: nest(json, levels - 1),
});

const cookie = (value: string): ExchangeCase => ({ target: '/?x=1', headers: { cookie: value } });

const escapedTypes = ['application/yaml', 'text/x-yaml', 'application/openapi+yaml', 'application/toml'];

const found: readonly (readonly [why: string, exchange: ExchangeCase, variable: string])[] = [
  ['JSON in an argument', { target: `/?q=${encodeURIComponent(json)}` }, 'ARGS_GET:q'],
  ['JSON in a form', { headers: form, body: `q=${encodeURIComponent(json)}` }, 'ARGS_POST:q'],
  [
    'JSON in JSON',
    { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ a: json }) },
    'ARGS_POST:json.a',
  ],
  [
    'GraphQL in JSON',
    { headers: { 'content-type': 'application/json' }, body: '{"query":"{f(a:\\"\\\\u0031\\\\u0027 union\\")}"}' },
    'ARGS_POST:json.query',
  ],
  [
    'GraphQL in an argument',
    { target: `/?query=${encodeURIComponent('query{f(a:"\\u0031\\u0027 union")}')}` },
    'ARGS_GET:query',
  ],
  [
    'GraphQL in JSON in a part',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"{f(a:\\"\\\\u0031\\\\u0027 union\\")}"}\r\n--b--\r\n`,
    },
    'ARGS_POST:operations',
  ],
  ...escapedTypes.map((type): readonly [string, ExchangeCase, string] => [
    `escapes in the quotes of ${type}`,
    { target: '/?x=1', headers: { 'content-type': type }, body: 'q: "\\u0031\\x27 un\\\n  ion"' },
    'REQUEST_BODY',
  ]),
  [
    'escapes in the quotes of YAML in a part',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name="c"\r\nContent-Type: application/yaml\r\n\r\nq: "1\\u0027 union"\r\n--b--\r\n',
    },
    'ARGS_POST:c',
  ],
  ['octal escapes in a cookie', cookie('a="\\061\\047\\040\\165nion"'), 'REQUEST_COOKIES:a'],
  ['the same behind a version', cookie('$Version=1;a="\\061\\047\\040\\165nion"'), 'REQUEST_COOKIES:a'],
  ['JSON of Express in a cookie', cookie(`a=${encodeURIComponent(`j:${json}`)}`), 'REQUEST_COOKIES:a'],
  ['a string in a cookie', cookie('a="1\\u0027 union"'), 'REQUEST_COOKIES:a'],
  ['JSON five deep in JSON', nested(5), 'ARGS_POST:json.a'],
  ['JSON four deep in an argument', { target: `/?q=${encodeURIComponent(nest(json, 3))}` }, 'ARGS_GET:q'],
  ['JSON in a call in an argument', { target: `/?q=${encodeURIComponent(`cb(${json})`)}` }, 'ARGS_GET:q'],
  ['JSON behind a guard', { target: `/?q=${encodeURIComponent(`)]}',\n${json}`)}` }, 'ARGS_GET:q'],
  ['JSON5 in an argument', { target: `/?q=${encodeURIComponent("{q:'1\\x27 union'}")}` }, 'ARGS_GET:q'],
  [
    'a comment, then GraphQL',
    { target: `/?q=${encodeURIComponent('#c\nquery{f(a:"1\\u0027 union")}')}` },
    'ARGS_GET:q',
  ],
  ['a cookie without an equals sign', cookie("1' union"), 'REQUEST_COOKIES'],
];

describe('alternate readings', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(rules);
  });
  afterAll(() => closePlan(plan));

  for (const [why, exchange] of [
    ['a body', nested(7)],
    ['an argument', { target: `/?q=${encodeURIComponent(nest(json, 5))}` }],
    ['a cookie', cookie(`a=${encodeURIComponent(nest(json, 5))}`)],
  ] as const) {
    it(`counts what is too deep in ${why}, and fails as a decoder's limit does`, () => {
      const { uninspected, verdict, problems } = runExchange(plan, exchange);
      expect(uninspected.get('request-reading') ?? 0).toBeGreaterThan(0);
      expect(problems.map(({ cause }) => cause)).toStrictEqual(['limit.body']);
      expect(verdict.kind).toBe('block');
    });
  }

  for (const [why, exchange, variable] of found) {
    it(`find what is in ${why}, at every cut`, () => {
      const length = exchange.body?.length ?? 0;
      for (let cut = 0; cut <= length; cut += 1) {
        const { matches } = runExchange(plan, exchange, [cut]);
        const match = matches.find(({ ruleId }) => ruleId === 1);
        expect(match?.logData?.replace(/^ARGS:/, variable.replace(/:.*/, ':')), `cut at ${cut}`).toBe(variable);
      }
    });
  }

  it('do not trigger rules about the form of a value', async () => {
    const strict = await planOf(
      'SecRule ARGS:q "!@rx ^[{]" "id:1,phase:2,pass,log"\nSecRule ARGS:q "!@ge 0" "id:2,phase:2,pass,log"',
    );
    try {
      expect(idsOf(runExchange(strict, { target: '/?q={"a":"b"}' }))).toStrictEqual([]);
      expect(idsOf(runExchange(strict, { target: '/?q=a' }))).toStrictEqual([1]);
    } finally {
      closePlan(strict);
    }
  });

  it('count and name only what a request has', () => {
    for (const [why, exchange] of found) {
      const ids = idsOf(runExchange(plan, exchange)).filter((id) => id > 2 && !why.includes('version'));
      expect(ids, why).toStrictEqual([]);
    }
  });

  it('read the value of a part under each name that servers give it', async () => {
    const byName = await planOf(
      'SecRequestBodyAccess On\nSecRule ARGS:id "@contains 1\' union" "id:1,phase:2,pass,log"\nSecRule FILES:id "@streq f" "id:2,phase:2,pass,log"',
    );
    try {
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      for (const name of ['id', ' id', 'id ', 'i\\d', ' i\\d ']) {
        for (const file of ['', '; filename="f"']) {
          const head = `Content-Disposition: form-data; name="${name}"${file}`;
          const body = `--b\r\n${head}\r\n\r\n1' union\r\n--b--\r\n`;
          for (let cut = 0; cut <= body.length; cut += 1) {
            const ids = idsOf(runExchange(byName, { headers, body }, [cut]));
            expect(ids, `${head} cut at ${cut}`).toStrictEqual(file === '' ? [1] : [2]);
          }
        }
      }
    } finally {
      closePlan(byName);
    }
  });

  it('read what is nearly JSON under another type', () => {
    for (const body of [
      '{"a":NaN,"q":"\\u0031\\u0027 union"}',
      "{'q':'\\x31\\u0027 union',}",
      '// "\n{q:"\\u0031\\u0027 union"}',
      '/* x */[{"q":"\\u0031\\u0027 union"},]',
    ]) {
      for (const type of ['text/plain', 'application/octet-stream', form['content-type']]) {
        const exchange = { headers: { 'content-type': type }, body };
        for (let cut = 0; cut <= body.length; cut += 1) {
          const summary = runExchange(plan, exchange, [cut]);
          expect(idsOf(summary).includes(1), `${type} ${body} cut at ${cut}`).toBe(true);
          expect(summary.problems).toStrictEqual([]);
        }
      }
    }
  });

  it('read wide text under another type', () => {
    const json16 = Buffer.from('{"q":"\\u0031\' union"}', 'utf16le');
    const xml16 = Buffer.from("\ufeff<a b='1&#39; union'/>", 'utf16le').swap16();
    for (const body of [json16, xml16]) {
      const exchange = { headers: { 'content-type': 'text/plain' }, body };
      for (let cut = 0; cut <= body.length; cut += 1) {
        expect(idsOf(runExchange(plan, exchange, [cut])).includes(1), `cut at ${cut}`).toBe(true);
      }
    }
  });

  it('read forms, JSON, XML, text and parts in declared EBCDIC, and also undecoded', () => {
    // Code page 037.
    const quoted = (text: string): string => [...text].map((letter) => String.fromCharCode(cp037(letter))).join('');
    const part = (content: string): string =>
      `--b\r\nContent-Disposition: form-data; name="q"\r\nContent-Type: text/plain; charset=ibm037\r\n\r\n${content}\r\n--b--\r\n`;
    const cases: readonly (readonly [type: string, body: string, isBlocked: boolean])[] = [
      [`${form['content-type']}; charset=ibm037`, quoted("q=1' union"), true],
      ['application/json; charset=IBM037', quoted('{"q":"1\' union"}'), false],
      ['application/xml; charset=cp1047', quoted("<a b='1&#39; union'/>"), false],
      ['text/plain; charset=ibm037', quoted("1' union"), false],
      ['text/plain; charset=cp1047', "1' union", false],
      ['application/csv; charset=ibm500', quoted("1' union"), false],
      ['multipart/form-data; boundary=b', part(quoted("1' union")), false],
      ['multipart/form-data; boundary=b', part("1' union"), false],
      ['application/json; charset=ibm500', '{"q":"1\' union"}', false],
      [`${form['content-type']}; charset=ibm037`, "q=1' union", true],
    ];
    for (const [type, body, isBlocked] of cases) {
      for (let cut = 0; cut <= body.length; cut += 1) {
        const summary = runExchange(plan, { headers: { 'content-type': type }, body }, [cut]);
        expect(idsOf(summary).includes(1), `${type} ${body} cut at ${cut}`).toBe(true);
        expect(summary.verdict.kind, type).toBe(isBlocked ? 'block' : 'allow');
      }
    }
  });

  it('read letters as Node does, without failing a form', () => {
    const attack = Buffer.from('q=%41\u013cscript>%ff').toString('latin1');
    const summary = runExchange(plan, { headers: form, body: attack });
    expect(idsOf(summary)).toStrictEqual([2]);
    expect(summary.problems).toStrictEqual([]);
    for (const text of ['t=\u2019%', 'text=5% \u043d\u0430 \u0432\u0441\u0451', 't=\u0436%D0%B6', 't=\u0436%D0%B6%']) {
      const { verdict, problems } = runExchange(plan, { headers: form, body: Buffer.from(text) });
      expect([verdict.kind, problems], text).toStrictEqual(['allow', []]);
    }
  });

  it('let a binary file pass that is declared a form', () => {
    const pdf = Buffer.concat([
      Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
      Buffer.alloc(70_000, '\xd0\xb6%4&\0%D0=', 'latin1'),
    ]);
    const { verdict, problems } = runExchange(plan, { headers: form, body: pdf });
    expect([verdict.kind, problems]).toStrictEqual(['allow', []]);
  });
});

describe('URLENCODED_ERROR', () => {
  const cases: readonly (readonly [ExchangeCase, string])[] = [
    [{ target: '/?c=%zz' }, '1'],
    [{ target: '/?c=%' }, '1'],
    [{ target: '/?c=%41' }, '0'],
    [{ target: '/' }, '0'],
    [{ headers: form, body: 'c=%4' }, '1'],
    [{ headers: form, body: 'c=%41' }, '0'],
    [{ target: '/?c=%zz', headers: form, body: 'c=%41' }, '1'],
    [{ headers: { 'content-type': 'text/plain' }, body: 'c=%4' }, '0'],
  ];
  for (const [exchange, expected] of cases) {
    it(`is ${expected} for ${exchange.target ?? '/'} ${String(exchange.body ?? '')}`, async () => {
      const plan = await planOf(
        'SecRequestBodyAccess On\nSecAction "id:1,phase:2,pass,log,logdata:\'%{URLENCODED_ERROR}\'"',
      );
      try {
        expect(runExchange(plan, exchange).matches[0]?.logData).toBe(expected);
      } finally {
        closePlan(plan);
      }
    });
  }
});
