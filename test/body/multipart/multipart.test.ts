import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { MultipartDecoder } from '../../../src/body/multipart/multipart.ts';
import { selectDecoder } from '../../../src/body/select.ts';
import { cutAt, EventLog, everyCut, ReadingLogs, runDecoder } from '../../support/event-log.ts';
import { linearity } from '../../support/linearity.ts';

const type = 'multipart/form-data; boundary=bOuNd';

describe('MultipartDecoder', () => {
  it('reports what undici wrote as FormData', async () => {
    const form = new FormData();
    form.append('text', 'line one\r\nline two');
    form.append('empty', '');
    form.append('text', '\u20ac');
    form.append('file', new Blob(['--content--\n--']), 'name with spaces.bin');
    const request = new Request('http://x/', { method: 'POST', body: form });
    const log = new EventLog();
    const decoder = new MultipartDecoder(log, request.headers.get('content-type') ?? '', limits);
    decoder.write(new Uint8Array(await request.arrayBuffer()));
    decoder.end();
    expect(log.fields.filter((field) => field.source !== 'MULTIPART_PART_HEADERS')).toStrictEqual([
      { source: 'ARGS_POST', name: 'text', value: 'line one\r\nline two' },
      { source: 'ARGS_POST', name: 'empty', value: '' },
      { source: 'ARGS_POST', name: 'text', value: '\u00e2\u0082\u00ac' },
      { source: 'FILES', name: 'file', value: 'name with spaces.bin' },
      { source: 'FILE_CONTENT', name: 'file', value: '--content--\n--' },
    ]);
    expect(log.facts.get('MULTIPART_STRICT_ERROR')).toBe(undefined);
  });

  it('reports encoded content as it was sent too, at every cut', () => {
    const part = (headers: string, content: string): string =>
      `--bOuNd\r\nContent-Disposition: form-data; name="a"${headers}\r\n\r\n${content}\r\n`;
    const parts = [
      part('\r\nContent-Transfer-Encoding: base64', '/etc/passwd+'),
      part('; filename="f"\r\nContent-Transfer-Encoding: quoted-printable', '10=3D10'),
      part('\r\nContent-Type: text/plain; charset=utf-16be', '\0<\0s'),
      part('\r\nContent-Transfer-Encoding: 8bit', 'plain'),
    ];
    for (const { name, chunks } of everyCut(Buffer.from(`${parts.join('')}--bOuNd--`))) {
      const raw = new EventLog();
      const lines = runDecoder((sink) => new MultipartDecoder(sink, type, limits, { openReading: () => raw }), chunks);
      expect(raw.lines(), name).toStrictEqual([
        'ARGS_POST a = /etc/passwd+',
        'FILE_CONTENT a = 10=3D10',
        'ARGS_POST a = \\x00<\\x00s',
      ]);
      expect(lines.includes('FILE_CONTENT a = 10=10') && lines.includes('ARGS_POST a = <s'), name).toBe(true);
      expect(!raw.isOpen && lines.at(-1) !== 'THROWS body.malformed', name).toBe(true);
    }
  });

  it('reads parts by their declared types, at every cut', () => {
    const read = (part: string, type = 'multipart/form-data; boundary=b'): string[] => {
      const body = Buffer.from(`--b\n${part}\n--b--\n`.replaceAll('\n', '\r\n'), 'latin1');
      let first: string[] | undefined;
      for (const { name, chunks } of everyCut(body)) {
        const logs = new ReadingLogs();
        const unread: string[] = [];
        const { openReading } = logs;
        const onUnread = (bytes: number): void => void unread.push(`${bytes} unread`);
        const lines = runDecoder(
          (sink) => selectDecoder({ contentTypes: [type], sink, openReading, onUnread, limits }).decoder,
          chunks,
        );
        const further = logs.further.flatMap((log) =>
          log.fields.map((one) => `${one.source} ${one.name} = ${one.value}`),
        );
        const all = [...further, ...unread, ...lines.filter((line) => line.startsWith('THROWS'))];
        first ??= all;
        expect(all, name).toStrictEqual(first);
      }
      return first ?? [];
    };
    const named = 'Content-Disposition: form-data; name="a"';
    const file = `${named}; filename="blob"`;
    const deep = (levels: number): string =>
      levels === 0
        ? '\nx'
        : `Content-Type: multipart/mixed; boundary=c${levels}\n\n--c${levels}\n${deep(levels - 1)}\n--c${levels}--`;
    const json = '{"q":"\\u003c"}';
    const request = `POST /a?b=%3C HTTP/1.1\nHost: x\nContent-Type: application/json\n\n${json}`;
    const http = 'Content-Type: application/http\nContent-Transfer-Encoding: binary';
    const batch = 'multipart/mixed; boundary=b';
    expect(read(`${http}\n\n${request}`, batch)).toStrictEqual(['ARGS_POST b = <', 'ARGS_POST json.q = <']);
    expect(read(`${named}\n${http}\n\n${request}`)).toStrictEqual(['ARGS_POST b = <', 'ARGS_POST json.q = <']);
    expect(
      read(`Content-Type: multipart/mixed; boundary=c\n\n--c\n${http}\n\n${request}\n--c--`, batch).filter((line) =>
        line.startsWith('ARGS_POST'),
      ),
    ).toStrictEqual(['ARGS_POST b = <', 'ARGS_POST json.q = <']);
    const mail = 'Content-Type: message/rfc822\n\nSubject: s\n';
    expect(read(`${mail}Content-Transfer-Encoding: "base64"\n\nPA==`, batch)).toStrictEqual(['FILE_CONTENT  = <']);
    expect(
      read(
        `${mail}Content-Type: multipart/mixed; boundary=c\n\n--c\nContent-Transfer-Encoding: base64\n\nPA==\n--c--`,
        batch,
      ).filter((line) => line.includes('<')),
    ).toStrictEqual(['ARGS_POST  = <']);
    const mails = (levels: number): string =>
      levels === 0 ? 'x' : `Content-Type: message/rfc822\n\n${mails(levels - 1)}`;
    expect(String(read(mails(4), batch))).toMatch(/^\d+ unread$/);
    expect(read(`${named}\nContent-Type: application/json\n\n${json}`)).toStrictEqual(['ARGS_POST json.q = <']);
    expect(read(`${file}\nContent-Type: application/vnd.api+json\n\n${json}`)).toStrictEqual(['ARGS_POST json.q = <']);
    expect(read(`${file}\nContent-Type: application/xml\n\n<a>&lt;</a>`)).toStrictEqual(['XML_TEXT  = <']);
    expect(read(`${file}\nContent-Type: image/svg+xml\n\n<a>&lt;</a>`)).toStrictEqual([]);
    expect(read(`${named}\nContent-Type: application/graphql\n\n{a(b:"\\u003c")}`)).toStrictEqual([
      'ARGS_POST query = {a(b:"<")}',
    ]);
    expect(read(`${named}\nContent-Type: application/x-www-form-urlencoded\n\nb=%3C`)).toStrictEqual([
      'ARGS_POST b = <',
    ]);
    expect(
      read(
        `${named}\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Transfer-Encoding: base64\n\nPA==\n--c--`,
      ),
    ).toStrictEqual(['FILE_CONTENT  = Content-Transfer-Encoding: base64', 'ARGS_POST  = <', 'ARGS_POST  = PA==']);
    expect(read(`${named}\nContent-Type: application/json\n\n{x`)).toStrictEqual(['THROWS body.malformed']);
    expect(read(`${file}\nContent-Type: application/json\n\n{x`)).toStrictEqual(['2 unread']);
    const isUnread = (lines: string[]): boolean => lines.some((line) => line.endsWith(' unread'));
    expect(isUnread(read(`${named}\n${deep(limits.multipartDepthMax - 1)}`))).toBeFalsy();
    expect(isUnread(read(`${named}\n${deep(limits.multipartDepthMax)}`))).toBeTruthy();
    expect(read('Content-Type: application/json\n\n{"q":"<"}', 'multipart/related; boundary=b')).toStrictEqual([
      'ARGS_POST json.q = <',
    ]);
  });

  it('reports the same however the bytes are cut', () => {
    const unit = fc.constantFrom(
      '--bOuNd',
      '\r\n--bOuNd\r\n',
      '\r\n--bOuNd--',
      '\n--bOuNd\n',
      'Content-Disposition: form-data; name="a"',
      '; filename="f"',
      'Content-Transfer-Encoding: base64',
      '\r\n',
      '\r\n\r\n',
      '\r',
      '\n',
      ' ',
      'QUJD',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 14 }), fc.array(fc.nat(200), { maxLength: 6 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const offsets = cuts.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
        const small = { ...limits, multipartHeaderBytesMax: 120, multipartPartsMax: 3 };
        expect(runDecoder((sink) => new MultipartDecoder(sink, type, small), cutAt(bytes, offsets))).toStrictEqual(
          runDecoder((sink) => new MultipartDecoder(sink, type, small), [bytes]),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('reports every content byte wherever the boundary is', () => {
    // All bytes must be reported except headers, delimiters and the line breaks next to delimiters.
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('-', 'b', '\r', '\n', 'x'), maxLength: 20 }), (content) => {
        fc.pre(!/\n--bOuNd/.test(`\n${content}`));
        const head = '--bOuNd\r\nContent-Disposition: form-data; name="a"\r\n\r\n';
        const log = new EventLog();
        const decoder = new MultipartDecoder(log, type, limits);
        decoder.write(Buffer.from(`${head}${content}\r\n--bOuNd--\r\n`));
        decoder.end();
        expect(log.fields.find((field) => field.source === 'ARGS_POST')?.value).toBe(content);
      }),
      { numRuns: 2000 },
    );
  });

  it('reports a file of any length as it arrives, without copying', () => {
    const log = new EventLog();
    let bytes = 0;
    const decoder = new MultipartDecoder(log, type, limits);
    decoder.write(Buffer.from('--bOuNd\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n'));
    const chunk = Buffer.alloc(1 << 20, 'line\r\n');
    log.write = (part) => {
      if (part.length > 100) expect(part.buffer).toBe(chunk.buffer);
      bytes += part.length;
    };
    for (let count = 1; count <= 64; count += 1) {
      decoder.write(chunk);
      expect((count << 20) - bytes, 'no more than a line break is held back').toBeLessThanOrEqual(2);
    }
  });

  it('reports the first problem', () => {
    const decoder = new MultipartDecoder(new EventLog(), 'multipart/form-data', limits);
    decoder.write(Buffer.from('x'));
    expect(() => decoder.end()).toThrow(
      expect.objectContaining({
        code: 'body.malformed',
        message: 'multipart: the Content-Type has no boundary',
      }),
    );
  });

  const head = '--bOuNd\r\nContent-Disposition: form-data; name="a"\r\n\r\n';
  const many = { ...limits, multipartPartsMax: 1e9, multipartHeaderBytesMax: 1e9 };
  const worst = [
    ['line feeds', '\n'],
    ['almost delimiters', '\r\n--bOuN'],
    ['delimiters that go on', '\r\n--bOuNd '],
    ['carriage returns', '\r'],
    ['parts', `\r\n${head}`],
  ] as const;
  for (const [name, unit] of worst) {
    it(`takes time in proportion to its input: ${name}`, () => {
      linearity(
        (sink) => new MultipartDecoder(sink, type, many),
        (bytes) => Buffer.from(head + unit.repeat(bytes / unit.length)),
      );
    });
  }
  for (const [name, unit] of [
    ['header lines', 'x: y\r\n'],
    ['folded lines', ' x\r\n'],
    ['parameters', ';name=a'],
    ['one header line', 'x'],
  ] as const) {
    it(`takes time in proportion to its headers: ${name}`, () => {
      linearity(
        (sink) => new MultipartDecoder(sink, type, many),
        (bytes) => Buffer.from(`--bOuNd\r\nContent-Disposition: form-data${unit.repeat(bytes / unit.length)}\r\n\r\n`),
      );
    });
  }
});
