// How commonly used rules judge bodies: rules for REQBODY_ERROR, MULTIPART_STRICT_ERROR and
// MULTIPART_UNMATCHED_BOUNDARY with the operators of ModSecurity's recommended configuration.

import { afterAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const bodyError = 1;
const strictError = 2;
const unmatched = 3;
const lookalike = 4;

const plan = await planOf(`
SecRule REQBODY_ERROR "!@eq 0" "id:${bodyError},phase:2,t:none,log,pass"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:${strictError},phase:2,t:none,log,pass"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" "id:${unmatched},phase:2,t:none,log,pass"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 2" "id:${lookalike},phase:2,t:none,log,pass"
`);
afterAll(() => closePlan(plan));

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const boundary = '----WebKitFormBoundary0123456789abcdef';
const field = (content: string): ExchangeCase => ({
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  body: crlf(`--${boundary}\nContent-Disposition: form-data; name="a"\n\n${content}\n--${boundary}--\n`),
});
const typed = (type: string, body: string | Buffer): ExchangeCase => ({ headers: { 'content-type': type }, body });

/** A form as HttpClient's MultipartFormDataContent writes it: no quotes around most values, and always around the boundary. */
const dotnet = (disposition: string, written = '"0b2a5b9c-1f0e"', read = '0b2a5b9c-1f0e'): ExchangeCase =>
  typed(
    `multipart/form-data; boundary=${written}`,
    crlf(
      `--${read}\nContent-Type: text/plain; charset=utf-8\nContent-Disposition: form-data; ${disposition}\n\nx\n--${read}--\n`,
    ),
  );

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const related = (parameters: string, begin = ''): string =>
  crlf(
    `${begin}------=_Part_8_12.13\nContent-Type: application/xop+xml; charset=UTF-8; type="text/xml"\n` +
      `Content-Transfer-Encoding: binary\nContent-ID: <http://tempuri.org/0>\n\n<a>1</a>\n` +
      `------=_Part_8_12.13\nContent-Type: application/zip${parameters}\nContent-Transfer-Encoding: binary\n\n` +
      `PK\x03\x04\0\0\n------=_Part_8_12.13--\n`,
  );

const cases: readonly (readonly [title: string, exchange: ExchangeCase, ids: readonly number[]])[] = [
  ['a plain form', field('x'), []],
  ['a certificate', field(pem), [lookalike]],
  ['a mail signature', field('hello\n-- \nme'), [lookalike]],
  ['a rule of Markdown', field('# a\n---\nb'), [lookalike]],
  ['a dump of SQL', field('--\n-- Table a\n--\nSELECT 1;'), [lookalike]],
  ['a form inside a form', field('--c\nContent-Disposition: form-data; name="b"\n\nx\n--c--'), [lookalike]],
  ['a line of one dash', field('- a\n- b'), []],
  [
    'a certificate, and no end',
    typed(`multipart/form-data; boundary=b`, crlf(`--b\nContent-Disposition: form-data; name="a"\n\n${pem}\n`)),
    [bodyError, strictError, unmatched],
  ],
  ['no delimiter at all', typed('multipart/form-data; boundary=b', 'x'), [bodyError, strictError, unmatched]],
  [
    'a delimiter behind the last',
    typed(
      'multipart/form-data; boundary=b',
      crlf('--b--\n--b\nContent-Disposition: form-data; name="a"\n\n1\n--b--\n'),
    ),
    [bodyError, strictError, unmatched],
  ],
  ['a field as .NET sends it', dotnet('name=a'), []],
  ['a file as .NET sends it', dotnet("name=a; filename=b.txt; filename*=utf-8''b.txt"), []],
  ['a file with a blank in its name as .NET sends it', dotnet(`name=a; filename="b c"; filename*=utf-8''b%20c`), []],
  [
    'a file with a far letter as .NET sends it',
    dotnet(`name=a; filename="=?utf-8?B?w6Q=?="; filename*=utf-8''%C3%A4`),
    [],
  ],
  ['a quoted boundary with a blank', dotnet('name=a', '"b c"', 'b c'), []],
  ['a quoted boundary behind white space', dotnet('name=a', ' "b"', 'b'), [strictError]],
  ['a quoted boundary with an escape', dotnet('name=a', '"\\b"', 'b'), [bodyError, strictError]],
  ['a quoted boundary without its end', dotnet('name=a', '"b', 'b'), [bodyError, strictError]],
  ['a quote inside of a boundary', dotnet('name=a', 'b"c', 'b"c'), [bodyError, strictError]],
  ['a quoted boundary and bytes behind it', dotnet('name=a', '"b"c', 'b'), [bodyError, strictError]],
  [
    'related parts with a boundary that needs quotes',
    typed('multipart/related; boundary="----=_Part_8_12.13"', related('')),
    [],
  ],
  [
    'related parts behind a preamble',
    typed('multipart/related; boundary="----=_Part_8_12.13"', related('', 'This is a message in several parts.\n')),
    [],
  ],
  [
    'mixed parts with folded headers',
    typed('multipart/mixed; boundary="----=_Part_8_12.13"', related(';\n name="a.zip"')),
    [],
  ],
  [
    'related parts without an end',
    typed('multipart/related; boundary="----=_Part_8_12.13"', related('').replace(/------=_Part_8_12.13--\r\n$/, '')),
    [bodyError],
  ],
  ['YAML', typed('application/yaml', '---\nx: 1\n'), []],
  ['front matter of Markdown', typed('text/markdown', '---\ntitle: at 10:30\n---\ntext\n'), []],
  ['a quoted mail', typed('text/plain', '----- Original Message -----\nFrom: a\nTo: b\n\nhello\n'), []],
  [
    'text that begins like a form and ends early',
    typed('text/plain', crlf('--b\nContent-Disposition: form-data; name="a"\n\nx\n')),
    [],
  ],
  ['text that looks like JSON', typed('text/plain', '{"a": 1, b}'), []],
  ['text that looks like JSON, and is deep', typed('text/plain', '['.repeat(600)), []],
  ['text that looks like XML', typed('text/plain', '<a>&b;</c>'), []],
  ['a form that looks like JSON', typed('application/x-www-form-urlencoded', '{"a":1,x'), []],
  ['a form that looks like JSON, and is deep', typed('application/x-www-form-urlencoded', '['.repeat(600)), []],
  ['a form that looks like XML', typed('application/x-www-form-urlencoded', '<a>&b;</c>'), []],
  ['no type, and JSON that goes wrong', { body: '{"a":"b"} and more' }, []],
];

describe('stock rules about bodies', () => {
  for (const [title, exchange, ids] of cases) {
    it(title, () => {
      const whole = runExchange(plan, exchange);
      const length = exchange.body?.length ?? 0;
      for (const cuts of [[1], [40, 41], Array.from({ length: length - 1 }, (_, at) => at + 1)]) {
        expect(runExchange(plan, exchange, cuts), `cut at ${cuts.slice(0, 3)}`).toStrictEqual(whole);
      }
      expect(idsOf(whole)).toStrictEqual(ids);
      if (!ids.includes(bodyError)) expect(whole.verdict.kind).toBe('allow');
    });
  }

  it('have a value for each flag of a multipart body, 0 when nothing is irregular', async () => {
    const names = [
      'BOUNDARY_QUOTED',
      'BOUNDARY_WHITESPACE',
      'DATA_BEFORE',
      'DATA_AFTER',
      'HEADER_FOLDING',
      'LF_LINE',
      'MISSING_SEMICOLON',
      'INVALID_QUOTING',
      'INVALID_PART',
      'INVALID_HEADER_FOLDING',
      'FILE_LIMIT_EXCEEDED',
      'CRLF_LF_LINES',
      'STRICT_ERROR',
      'UNMATCHED_BOUNDARY',
    ];
    const own = await planOf(
      names.map((name, index) => `SecRule MULTIPART_${name} "@eq 0" "id:${index + 1},phase:2,pass,log"`).join('\n'),
    );
    const all = names.map((_, index) => index + 1);
    expect(idsOf(runExchange(own, field('x')))).toStrictEqual(all);
    expect(idsOf(runExchange(own, typed('multipart/related; boundary=b', '--b\r\n\r\nx\r\n--b--')))).toStrictEqual(all);
    expect(idsOf(runExchange(own, typed('text/plain', 'x')))).toStrictEqual([13, 14]);
    closePlan(own);
  });
});
