// Requests made so that a firewall and a server read different bodies: wrong, missing or contradictory types, boundaries,
// charsets and encodings. Each attack must be in some field, or the reader must report that it failed; at every cut.

import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { bodySinkOf } from '../support/body-sink.ts';
import { everyCut, ReadingLogs } from '../support/event-log.ts';

const attack = '<script>alert(1)</script>';
const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';

type Head = readonly (readonly [string, string])[];

interface Outcome {
  readonly isFound: boolean;
  readonly hasFailed: boolean;
  readonly facts: readonly string[];
}

const outcomeOf = (head: Head, chunks: readonly Uint8Array[]): Outcome => read(head, chunks).outcome;

/** The values of all fields, as byte strings. */
const valuesOf = (head: Head, body: string): string[] => read(head, [Buffer.from(body)]).values;

function read(head: Head, chunks: readonly Uint8Array[]): { readonly outcome: Outcome; readonly values: string[] } {
  const logs = new ReadingLogs();
  let hasFailed = false;
  const reader = new BodyReader({
    headers: head.map(([name, value]) => ({ name, value })),
    sink: bodySinkOf(logs.first, {
      openReading: logs.openReading,
      fail: ({ code }) => {
        hasFailed ||= code !== 'body.charset';
      },
    }),
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  const { fields } = logs;
  const isFound = fields.some(({ value, name }) => value.includes(attack) || name.includes(attack));
  const facts = logs.all.flatMap((log) => [...log.facts.keys()]);
  return { outcome: { isFound, hasFailed, facts }, values: fields.map(({ value }) => value) };
}

function check(head: Head, body: string | Uint8Array, expected: 'found' | 'failed' | 'found and failed'): Outcome {
  const bytes = Buffer.from(body as string);
  const whole = outcomeOf(head, [bytes]);
  for (const { name, chunks } of everyCut(bytes)) expect(outcomeOf(head, chunks), name).toStrictEqual(whole);
  expect(whole.isFound, 'found').toBe(expected.startsWith('found'));
  expect(whole.hasFailed, 'failed').toBe(expected.endsWith('failed'));
  return whole;
}

const type = (value: string): Head => [['content-type', value]];
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const part = (headers: string, content = attack): string => crlf(`--b\n${headers}\n\n${content}\n--b--\n`);
const named = 'Content-Disposition: form-data; name="a"';

describe('a type that is missing, mangled or untrue', () => {
  const json = `{"a":"${attack.replaceAll('<', '\\u003c')}"}`;
  const cases: readonly (readonly [string, Head, string])[] = [
    ['JSON without a type', [], json],
    ['JSON under a header that is none', [['contenttype', 'application/json']], json],
    ['JSON under a mangled header', [['cntent-type', 'application/json']], json],
    ['JSON called text', type('text/plain'), json],
    ['JSON called an image', type('image/png'), json],
    ['JSON called nonsense', type('json'), json],
    ['JSON called a form', type(form), json],
    ['JSON behind an empty type', type(''), json],
    ['JSON called text, behind white space', type('text/plain'), ' '.repeat(600) + json],
    ['JSON called a form, behind white space', type(form), ' '.repeat(600) + json],
    ['a form called almost a form', type(`${form}-2`), `a=${encodeURIComponent(attack)}`],
    ['a form with NUL bytes', type(form), `a\0=${encodeURIComponent(attack)}`],
    ['GraphQL with NUL bytes', type('application/graphql'), `#\0\n{a(b:"${attack}")}`],
    ['JSON called JSON by the second header', [...type('text/plain'), ...type('application/json')], json],
    ['JSON called JSON in a list', type('text/plain, application/json'), json],
    ['JSON in UTF-16 without a charset', type('application/json'), json],
    ['XML called text', type('text/plain'), `<a>${attack.replaceAll('<', '&lt;')}</a>`],
    ['XML called a form', type(form), `<a>${attack.replaceAll('<', '&#60;')}</a>`],
    ['XML without a type', [], `<?xml version="1.0"?><a b="${attack.replaceAll('<', '&#x3c;')}"/>`],
    ['a form without a type', [], `a=${encodeURIComponent(attack)}`],
    ['a form under a mangled type', type('application/x-www-form-urlencoded, x'), `a=${encodeURIComponent(attack)}`],
    ['multipart without a type', [], part(named)],
    ['multipart called text', type('text/plain'), part(named)],
    ['multipart called a form', type(form), part(named)],
    ['multipart in upper case', type('MULTIPART/FORM-DATA; BOUNDARY=b'), part(named)],
  ];
  for (const [name, head, text] of cases) {
    it(name, () => {
      check(head, name.includes('UTF-16') ? Buffer.from(text, 'utf16le') : text, 'found');
    });
  }

  it('is a fact that rules can match', () => {
    expect(check([], json, 'found').facts.includes('BODY_TYPE_MISMATCH')).toBe(true);
    expect(check(type(form), json, 'found').facts.includes('BODY_TYPE_MISMATCH')).toBe(true);
  });

  it('is an error when the declared format does not fit', () => {
    check(type('application/json'), `a=${attack}`, 'failed');
    check(type('application/json'), `<a>${attack}</a>`, 'failed');
    check(type('text/xml'), `{"a":"${attack}"}`, 'failed');
    check(type(multipart), `a=${attack}`, 'found and failed');
  });
});

describe('a boundary that servers read differently', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['two boundaries, the first is used', 'multipart/form-data; boundary=b; boundary=c'],
    ['two boundaries, the second is used', 'multipart/form-data; boundary=c; boundary=b'],
    ['a boundary in another parameter', 'multipart/form-data; x="boundary=c"; boundary=b'],
    ['a continued boundary', 'multipart/form-data; boundary*0=b'],
    ['a continued boundary beside a plain one', 'multipart/form-data; boundary*0=b; boundary=c'],
    ['an encoded boundary', "multipart/form-data; boundary*=utf-8''b"],
    ['a boundary behind a comma', 'multipart/form-data, boundary=b'],
    ['a boundary with a comma', 'multipart/form-data; boundary=b,c'],
    ['bytes behind a quoted boundary', 'multipart/form-data; boundary="b"c'],
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['a NUL in the boundary', 'multipart/form-data; boundary=b\0'],
  ];
  for (const [name, value] of cases) it(name, () => void check(type(value), part(named), 'found and failed'));

  it('a quoted boundary is read', () => {
    const { facts } = check(type('multipart/form-data; boundary="b"'), part(named), 'found');
    expect(facts).toContain('MULTIPART_BOUNDARY_QUOTED');
    expect(facts).not.toContain('MULTIPART_STRICT_ERROR');
  });

  it('a delimiter that ends with LF alone', () => {
    const lines = `--b\n${named}\n\n${attack}\n--b--\n`;
    expect(check(type(multipart), lines, 'found').facts.includes('MULTIPART_LF_LINE')).toBe(true);
  });

  it('a part hidden behind another delimiter in the preamble', () => {
    check(type(multipart), `${crlf(`--c\n${named}\n\n${attack}\n`)}${part(named, 'x')}`, 'found and failed');
  });

  it('a part after the last delimiter', () => {
    check(type(multipart), part(named, 'x') + part(named), 'found and failed');
    check(type(multipart), part(named, 'x') + attack, 'found and failed');
  });

  it('a part that never ends', () =>
    void check(type(multipart), part(named).replace(/--b--\r\n$/, ''), 'found and failed'));
});

describe('part headers that servers read differently', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['two dispositions', `${named}\n${named.replace('"a"', '"b"')}`],
    ['two names', `${named}; name="b"`],
    ['a name that continues', 'Content-Disposition: form-data; name*0="a"'],
    ['no name', 'Content-Type: text/plain'],
    ['no colon', `${named}\nX-Header`],
    ['a space before the colon', 'Content-Disposition : form-data; name="a"'],
    ['a NUL in the header name', `Content-\0Disposition: form-data; name="a"`],
    ['a NUL in the name', 'Content-Disposition: form-data; name="a\0"'],
    ['an open quote', 'Content-Disposition: form-data; name="a'],
    ['another disposition', 'Content-Disposition: attachment; name="a"'],
  ];
  for (const [name, headers] of cases) it(name, () => void check(type(multipart), part(headers), 'found and failed'));

  const odd: readonly (readonly [string, string])[] = [
    ['a folded header', 'Content-Disposition: form-data;\n name="a"'],
    ['upper case', 'CONTENT-DISPOSITION: FORM-DATA; NAME="a"'],
    ['single quotes', "Content-Disposition: form-data; name='a'"],
    ['an empty file name', `${named}; filename=""`],
    ['a charset that is not true', `${named}\nContent-Type: text/plain; charset=utf-16`],
  ];
  for (const [name, headers] of odd) it(name, () => void check(type(multipart), part(headers), 'found'));

  it('a missing semicolon', () => {
    check(type(multipart), part('Content-Disposition: form-data name="a"'), 'found and failed');
  });

  it('content that is only declared encoded', () => {
    const path = '/etc/passwd';
    const base64 = part(`${named}\nContent-Transfer-Encoding: base64`, path);
    const plain = '1 or 10=10';
    const printable = part(`${named}\nContent-Transfer-Encoding: quoted-printable`, plain);
    for (const [body, expected] of [[base64, path] as const, [printable, plain] as const]) {
      expect(valuesOf(type(multipart), body).includes(expected)).toBe(true);
    }
    const wide = part(`${named}\nContent-Type: text/plain; charset=utf-16le`, "'\u00a0or\u00a01=1");
    expect(valuesOf(type(multipart), wide).includes(Buffer.from("'\u00a0or\u00a01=1").toString('latin1'))).toBe(true);
  });

  it('finds the file name in each of its forms', () => {
    for (const written of [`"${attack}"`, `'${attack}'`, `${attack}`]) {
      check(type(multipart), part(`${named}; filename=${written}`, 'x'), 'found');
    }
    check(
      type(multipart),
      part(`${named}; filename="a"; filename*=utf-8''${encodeURIComponent(attack)}`, 'x'),
      'found',
    );
  });

  it('finds content in each transfer encoding', () => {
    const encodings = [
      ['base64', Buffer.from(attack).toString('base64')],
      ['quoted-printable', attack.replaceAll('<', '=3C')],
      ['base64', attack],
      ['quoted-printable', attack],
      ['7bit', attack],
      ['"base64"', Buffer.from(attack).toString('base64')],
      ['utf-8', attack],
    ] as const;
    for (const [encoding, content] of encodings) {
      check(type(multipart), part(`${named}\nContent-Transfer-Encoding: ${encoding}`, content), 'found');
    }
    for (const coding of ['Content-Transfer-Encoding: x-uuencode', 'Content-Encoding: gzip']) {
      check(type(multipart), part(`${named}\n${coding}`), 'found and failed');
    }
  });

  it('finds an attack in every part, whatever the others are', () => {
    const other = `--b\n${named}\nContent-Type: text/plain; charset=utf-8\n\nx\n`;
    const bad = `--b\n${named}\n\n${attack}\n`;
    for (let position = 0; position < 3; position += 1) {
      const parts = [other, other, other];
      parts[position] = bad;
      check(type(multipart), crlf(`${parts.join('')}--b--\n`), 'found');
    }
  });
});

describe('encodings and charsets', () => {
  const body = `a=${encodeURIComponent(attack)}`;

  it('decodes content encodings, declared in any way', () => {
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['gzip', gzipSync(body)],
      ['GZIP', gzipSync(body)],
      ['x-gzip', gzipSync(body)],
      ['identity, gzip', gzipSync(body)],
      ['deflate', deflateRawSync(body)],
      ['gzip,br', brotliCompressSync(gzipSync(body))],
      ['gzip', Buffer.concat([gzipSync(body.slice(0, 9)), gzipSync(body.slice(9))])],
    ];
    for (const [coding, bytes] of cases) check([...type(form), ['content-encoding', coding]], bytes, 'found');
    check(
      [...type(form), ['content-encoding', 'gzip'], ['content-encoding', 'gzip']],
      gzipSync(gzipSync(body)),
      'found',
    );
  });

  it('reads what is only declared compressed', () => {
    expect(
      check([...type(form), ['content-encoding', 'gzip']], body, 'found').facts.includes('BODY_TYPE_MISMATCH'),
    ).toBe(true);
  });

  it('fails on an unknown content encoding', () => {
    check([...type(form), ['content-encoding', 'lzma']], body, 'found and failed');
  });

  it('finds attacks in UTF-16 and UTF-32', () => {
    const json = JSON.stringify({ a: attack });
    const wide = Buffer.from(json, 'utf16le');
    check(type('application/json; charset=utf-16'), wide, 'found');
    check(type('application/json'), Buffer.from(wide).swap16(), 'found');
    check(type('application/json; charset=utf-8'), wide, 'found');
    check(type('text/xml'), Buffer.from(`\ufeff<a b="${attack.replaceAll('<', '&lt;')}"/>`, 'utf16le'), 'found');
    const utf32 = Buffer.concat([...json].map((letter) => Buffer.from([0, 0, 0, letter.charCodeAt(0)])));
    check(type('application/json'), utf32, 'found');
  });

  it('reads a form in UTF-16 both ways, and reports that servers do not agree', () => {
    check(type(`${form}; charset=utf-16le`), `a=${attack}`, 'found and failed');
    check(type(`${form}; charset=utf-16le`), Buffer.from(`a=${attack}`, 'utf16le'), 'found and failed');
    check(type(form), Buffer.from(`\ufeffa=${attack}`, 'utf16le'), 'found');
  });

  it('reports an unknown charset', () => {
    for (const charset of ['utf-7', 'x-nonsense']) {
      const outcome = check(type(`application/json; charset=${charset}`), JSON.stringify({ a: attack }), 'found');
      expect(outcome.facts.includes('BODY_CHARSET_UNSUPPORTED'), charset).toBe(true);
    }
  });
});

describe('bodies that end early', () => {
  it('are reported as far as they arrived, and as incomplete', () => {
    check(type('application/json'), `{"a":"${attack}`, 'found and failed');
    check(type('text/xml'), `<a>${attack.replaceAll('<', '&lt;')}`, 'found and failed');
    check(type(multipart), crlf(`--b\n${named}\n\n${attack}`), 'found and failed');
    check([...type(form), ['content-encoding', 'gzip']], gzipSync(`a=${attack}`).subarray(0, -1), 'found and failed');
  });
});

describe('attacks after padding', () => {
  const bytes = 8 << 20;
  const padding = Buffer.alloc(bytes, 'x').toString();
  const bodies: readonly (readonly [string, Head, string])[] = [
    ['form', type(form), `p=${padding}&a=${attack}`],
    ['form, one value', type(form), `p=${padding}${attack}`],
    ['JSON', type('application/json'), JSON.stringify({ p: padding, a: attack })],
    ['JSON, one string', type('application/json'), JSON.stringify(padding + attack)],
    ['XML', type('text/xml'), `<a><p>${padding}</p>${attack.replaceAll('<', '&lt;')}</a>`],
    ['multipart', type(multipart), part(named, padding + attack)],
    ['file', type(multipart), part(`${named}; filename="f"`, padding + attack)],
    ['epilogue', type(multipart), part(named, 'x') + padding + attack],
  ];
  for (const [name, head, body] of bodies) {
    it(`are found: ${name}`, () => expect(outcomeOf(head, [Buffer.from(body)]).isFound).toBeTruthy());
  }
});
