import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isJson, isXml, parameterOf, parseMediaType } from '../../src/http/media-type.ts';

describe('parseMediaType', () => {
  it('folds type, subtype and parameter names', () => {
    const mediaType = parseMediaType('Text/HTML; Charset=UTF-8');
    assert.equal(mediaType.essence, 'text/html');
    assert.equal(mediaType.type, 'text');
    assert.equal(mediaType.subtype, 'html');
    assert.deepEqual(mediaType.parameters, [{ name: 'charset', value: 'UTF-8', isQuoted: false }]);
    assert.deepEqual(mediaType.problems, []);
  });

  it('keeps a quoted boundary', () => {
    const mediaType = parseMediaType('multipart/form-data; boundary="a;b\\"c,"; x=y');
    assert.equal(parameterOf(mediaType, 'boundary'), 'a;b"c,');
    assert.equal(parameterOf(mediaType, 'x'), 'y');
    assert.deepEqual(mediaType.problems, []);
  });

  it('finds structured suffixes', () => {
    assert.equal(parseMediaType('application/vnd.api+json').suffix, 'json');
    assert.equal(parseMediaType('image/svg+xml;a=b').suffix, 'xml');
    assert.equal(parseMediaType('application/json').suffix, '');
  });

  it('allows an empty parameter', () => {
    assert.deepEqual(parseMediaType('text/plain;; charset=a;').problems, []);
  });

  const problems = [
    ['', 'empty'],
    ['  ;charset=a', 'empty'],
    ['json', 'no-subtype'],
    ['text/pl ain', 'invalid-type'],
    ['text/', 'invalid-type'],
    ['text/plain, application/json', 'several-types'],
    ['text/plain; charset=a, application/json', 'several-types'],
    ['text/plain; charset', 'parameter-without-value'],
    ['text/plain; char set=a', 'invalid-parameter'],
    ['text/plain; charset=', 'invalid-parameter'],
    ['text/plain; charset=a b', 'invalid-parameter'],
    ['text/plain; charset="a', 'unterminated-quote'],
    ['text/plain; charset="a\\', 'unterminated-quote'],
    ['text/plain; charset="a"b', 'bytes-after-quote'],
    ['text/plain; charset=a; CHARSET=b', 'duplicate-parameter'],
  ] as const;
  for (const [value, problem] of problems) {
    it(`says of ${JSON.stringify(value)}: ${problem}`, () => {
      assert.ok(parseMediaType(value).problems.includes(problem), parseMediaType(value).problems.join());
    });
  }

  it('keeps duplicates in order and answers the first', () => {
    const mediaType = parseMediaType('text/plain; charset=a; charset=b');
    assert.deepEqual(
      mediaType.parameters.map((parameter) => parameter.value),
      ['a', 'b'],
    );
    assert.equal(parameterOf(mediaType, 'charset'), 'a');
    assert.equal(parameterOf(mediaType, 'constructor'), undefined);
  });

  it('reads a header of a megabyte', () => {
    const value = `text/plain${';a=b'.repeat(250_000)}`;
    assert.equal(parseMediaType(value).parameters.length, 250_000);
  });
});

describe('isJson and isXml', () => {
  it('go by name or suffix', () => {
    assert.ok(isJson(parseMediaType('application/json')));
    assert.ok(isJson(parseMediaType('application/problem+JSON')));
    assert.ok(!isJson(parseMediaType('application/jsonp')));
    assert.ok(isXml(parseMediaType('text/xml')));
    assert.ok(isXml(parseMediaType('application/soap+xml')));
    assert.ok(!isXml(parseMediaType('application/xmlx')));
  });
});
