import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartHeaders } from '../../src/body/multipart-headers.ts';

function describeLines(lines: readonly string[], isForm = true): ReturnType<PartHeaders['describe']> {
  const headers = new PartHeaders(1000);
  for (const line of lines) headers.add(line);
  return headers.describe(isForm);
}

describe('PartHeaders', () => {
  it('tells name, file name, charset and transfer encoding', () => {
    const part = describeLines([
      'CONTENT-DISPOSITION: form-data; name="a"; filename="b"',
      'content-type: text/plain; charset="UTF-16"',
      'Content-Transfer-Encoding:  Base64 ',
    ]);
    assert.deepEqual(part.names, ['a']);
    assert.deepEqual(part.filenames, ['b']);
    assert.equal(part.charset, 'utf-16');
    assert.equal(part.transferEncoding, 'base64');
    assert.deepEqual(part.problems, []);
  });

  it('tells a coding that is not undone', () => {
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
      assert.equal(describeLines(['Content-Disposition: form-data; name=a', line]).unreadCoding, coding, line);
    }
  });

  it('joins folded lines', () => {
    assert.deepEqual(describeLines(['Content-Disposition: form-data;', '\tname=a']).lines, [
      'Content-Disposition: form-data; name=a',
    ]);
  });

  it('finds problems', () => {
    const disposition = 'Content-Disposition: form-data; name=a';
    for (const line of ['no colon', 'Content-Type : text/plain', 'X\u0000: y', 'x: a\rb', 'content-disposition: x']) {
      assert.ok(describeLines([disposition, line]).problems.length > 0, line);
    }
    assert.ok(describeLines([' folded', disposition]).problems.length > 0);
    assert.ok(describeLines(['Content-Type: text/plain; charset=a; charset=b', disposition]).problems.length > 0);
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
    it(`takes ${JSON.stringify(lines)} for ${role} in ${isForm ? 'a form' : 'another kind'}`, () => {
      const part = describeLines(lines, isForm);
      assert.equal(part.role, role);
      if (role === 'both') assert.ok(part.facts.includes('MULTIPART_STRICT_ERROR'));
    });
  }

  it('sets no flag for escapes in a file name, which is read both ways', () => {
    const part = describeLines([`${named}; filename="a\\"b"`]);
    assert.equal(part.role, 'both');
    assert.deepEqual(part.facts, []);
    assert.deepEqual(part.filenames, ['a\\', 'a\\"b', 'a"b']);
  });

  it('wants a name of a form only', () => {
    const line = 'Content-Disposition: attachment; size=3; filename="x"';
    assert.ok(describeLines([line]).facts.includes('MULTIPART_INVALID_PART'));
    assert.deepEqual(describeLines([line], false).problems, []);
    assert.deepEqual(describeLines([line], false).filenames, ['x']);
  });

  it('counts up to its bound', () => {
    const headers = new PartHeaders(10);
    headers.count(4);
    headers.count(6);
    assert.throws(() => headers.count(1), { code: 'body.limit', message: 'headers of a part are over 10 bytes' });
  });
});
