import { describe, expect, it } from 'vitest';
import { PartHeaders } from '../../../src/body/multipart/multipart-headers.ts';

function describeLines(lines: readonly string[], isForm = true): ReturnType<PartHeaders['describe']> {
  const headers = new PartHeaders(1000);
  for (const line of lines) headers.add(line);
  return headers.describe(isForm);
}

describe('PartHeaders', () => {
  it('reports name, file name, charset and transfer encoding', () => {
    const part = describeLines([
      'CONTENT-DISPOSITION: form-data; name="a"; filename="b"',
      'content-type: text/plain; charset="UTF-16"',
      'Content-Transfer-Encoding:  Base64 ',
    ]);
    expect(part.names).toStrictEqual(['a']);
    expect(part.filenames).toStrictEqual(['b']);
    expect(part.charset).toBe('utf-16');
    expect(part.transferEncoding).toBe('base64');
    expect(part.problems).toStrictEqual([]);
  });

  it('reports an encoding that is not decoded', () => {
    const cases = [
      ['Content-Transfer-Encoding: x-uuencode', 'x-uuencode'],
      ['Content-Transfer-Encoding: "base64"', ''],
      ['Content-Transfer-Encoding: 8bit', ''],
      ['Content-Transfer-Encoding: UTF-8', ''],
      ['Content-Transfer-Encoding: gzip', 'gzip'],
      ['Content-Encoding: gzip', 'gzip'],
      ['Content-Encoding: snappy', 'snappy'],
      ['Content-Encoding: aws-chunked', 'aws-chunked'],
      ['Content-Encoding: identity', ''],
      ['Content-Type: text/plain', ''],
    ] as const;
    for (const [line, coding] of cases) {
      expect(describeLines(['Content-Disposition: form-data; name=a', line]).undecodedEncoding, line).toBe(coding);
    }
  });

  it('joins folded lines', () => {
    expect(describeLines(['Content-Disposition: form-data;', '\tname=a']).lines).toStrictEqual([
      'Content-Disposition: form-data; name=a',
    ]);
  });

  it('finds problems', () => {
    const disposition = 'Content-Disposition: form-data; name=a';
    for (const line of ['no colon', 'Content-Type : text/plain', 'X\u0000: y', 'x: a\rb', 'content-disposition: x']) {
      expect(describeLines([disposition, line]).problems.length, line).toBeGreaterThan(0);
    }
    expect(describeLines([' folded', disposition]).problems.length).toBeGreaterThan(0);
    expect(
      describeLines(['Content-Type: text/plain; charset=a; charset=b', disposition]).problems.length,
    ).toBeGreaterThan(0);
  });

  const named = 'Content-Disposition: form-data; name="a"';
  const roles = [
    ['field', true, [named]],
    ['field', true, [named, 'Content-Type: application/octet-stream']],
    ['file', true, [`${named}; filename="f"`]],
    ['field', true, [`${named}; filename=""`]],
    ['both', true, [`${named};`, ' filename="f"']],
    ['both', true, [`${named}; filename="f" `]],
    ['both', true, [`${named}; FILENAME="f"`]],
    ['both', true, [`${named}; filename*=UTF-8''f`]],
    ['file', false, ['Content-Disposition: attachment; filename="f"']],
    ['file', false, ['Content-Disposition: attachment; name="a"; filename="f"']],
    ['field', false, ['Content-Disposition: form-data; name="a"', 'Content-Type: application/zip']],
    ['field', false, ['Content-Type: text/xml']],
    ['field', false, []],
    ['content', false, ['Content-Type: application/xop+xml; type="text/xml"']],
    ['content', false, ['Content-Type: application/zip', 'Content-Transfer-Encoding: binary']],
  ] as const;
  for (const [role, isForm, lines] of roles) {
    it(`gives ${JSON.stringify(lines)} the role ${role} in ${isForm ? 'a form' : 'another kind'}`, () => {
      const part = describeLines(lines, isForm);
      expect(part.role).toBe(role);
      if (role === 'both') expect(part.facts.includes('MULTIPART_STRICT_ERROR')).toBe(true);
    });
  }

  it('sets no flag for escapes in a file name, which is read both ways', () => {
    const part = describeLines([`${named}; filename="a\\"b"`]);
    expect(part.role).toBe('both');
    expect(part.facts).toStrictEqual([]);
    expect(part.filenames).toStrictEqual(['a\\', 'a\\"b', 'a"b']);
  });

  it('requires a name only in a form', () => {
    const line = 'Content-Disposition: attachment; size=3; filename="x"';
    expect(describeLines([line]).facts.includes('MULTIPART_INVALID_PART')).toBe(true);
    expect(describeLines([line], false).problems).toStrictEqual([]);
    expect(describeLines([line], false).filenames).toStrictEqual(['x']);
  });

  it('counts up to its limit', () => {
    const headers = new PartHeaders(10);
    headers.count(4);
    headers.count(6);
    expect(() => headers.count(1)).toThrow(
      expect.objectContaining({ code: 'body.limit', message: 'headers of a part are over 10 bytes' }),
    );
  });
});
