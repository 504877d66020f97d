import { describe, expect, it } from 'vitest';
import { turn } from '../../src/base/turn.ts';
import { isEscapedText, isJson, isXml, parameterOf, parseMediaType } from '../../src/http/media-type.ts';

describe('parseMediaType', () => {
  it('folds type, subtype and parameter names', () => {
    const mediaType = parseMediaType('Text/HTML; Charset=UTF-8');
    expect(mediaType.essence).toBe('text/html');
    expect(mediaType.type).toBe('text');
    expect(mediaType.subtype).toBe('html');
    expect(mediaType.parameters).toStrictEqual([{ name: 'charset', value: 'UTF-8', isQuoted: false }]);
    expect(mediaType.problems).toStrictEqual([]);
  });

  it('keeps a quoted boundary', () => {
    const mediaType = parseMediaType('multipart/form-data; boundary="a;b\\"c,"; x=y');
    expect(parameterOf(mediaType, 'boundary')).toBe('a;b"c,');
    expect(parameterOf(mediaType, 'x')).toBe('y');
    expect(mediaType.problems).toStrictEqual([]);
  });

  it('finds structured suffixes', () => {
    expect(parseMediaType('application/vnd.api+json').suffix).toBe('json');
    expect(parseMediaType('image/svg+xml;a=b').suffix).toBe('xml');
    expect(parseMediaType('application/json').suffix).toBe('');
  });

  it('allows an empty parameter', () => {
    expect(parseMediaType('text/plain;; charset=a;').problems).toStrictEqual([]);
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
    it(`reports for ${JSON.stringify(value)}: ${problem}`, () => {
      expect(parseMediaType(value).problems.includes(problem), parseMediaType(value).problems.join()).toBe(true);
    });
  }

  it('keeps duplicates in order and returns the first', () => {
    const mediaType = parseMediaType('text/plain; charset=a; charset=b');
    expect(mediaType.parameters.map((parameter) => parameter.value)).toStrictEqual(['a', 'b']);
    expect(parameterOf(mediaType, 'charset')).toBe('a');
    expect(parameterOf(mediaType, 'constructor')).toBe(undefined);
  });

  it('parses each value of a head once, however long they are and in whichever order they are read', () => {
    const values = ['a', 'b', 'c'].map((name) => `text/plain${`;${name}=b`.repeat(4_000)}`);
    const before = turn.spent;
    const read = values.map(parseMediaType);
    const { spent } = turn;
    expect(spent - before, 'units of work').toBe(values.join('').length);
    for (let round = 0; round < 3; round += 1) {
      for (const [at, value] of values.entries()) expect(parseMediaType(value)).toBe(read[at]);
    }
    expect(turn.spent).toBe(spent);
  });

  it('reads a header of a megabyte', () => {
    const value = `text/plain${';a=b'.repeat(250_000)}`;
    expect(parseMediaType(value).parameters.length).toBe(250_000);
  });
});

describe('isEscapedText', () => {
  const yaml = ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/vnd.yaml', 'application/openapi+yaml'];
  for (const type of [...yaml, 'application/toml', 'text/x-toml', 'Application/YAML; charset=utf-8']) {
    it(`knows ${type}`, () => expect(isEscapedText(parseMediaType(type))).toBe(true));
  }
  for (const type of ['text/plain', 'application/json', 'application/yamlx', 'image/yaml']) {
    it(`does not know ${type}`, () => expect(isEscapedText(parseMediaType(type))).toBe(false));
  }
});

describe('isJson and isXml', () => {
  it('decide by name or suffix', () => {
    expect(isJson(parseMediaType('application/json'))).toBeTruthy();
    expect(isJson(parseMediaType('application/problem+JSON'))).toBeTruthy();
    expect(isJson(parseMediaType('application/jsonp'))).toBeFalsy();
    expect(isXml(parseMediaType('text/xml'))).toBeTruthy();
    expect(isXml(parseMediaType('application/soap+xml'))).toBeTruthy();
    expect(isXml(parseMediaType('application/xmlx'))).toBeFalsy();
  });
});
