import { describe, expect, it } from 'vitest';
import { nameSelector, parseSelector, regexSelector, searchOf } from '../../src/plan/selector.ts';

describe('nameSelector', () => {
  it('ignores ASCII case and keeps the spelling for logs', () => {
    const selector = nameSelector('User-Agent');
    expect(selector.accepts('user-agent')).toBeTruthy();
    expect(selector.accepts('user-agent2')).toBeFalsy();
    expect(selector.label).toBe('User-Agent');
  });

  it('folds no byte above 127', () => {
    expect(nameSelector('\xc3\x89T\xc3\x89').accepts('\xc3\x89t\xc3\x89')).toBeTruthy();
    expect(nameSelector('\xc9').accepts('\xe9')).toBeFalsy();
  });
});

describe('regexSelector', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['^id_', ['id_', 'id_1'], ['xid_', 'i']],
    ['paramcounter_.*', ['paramcounter_a', 'x_paramcounter_'], ['param']],
    ['^ab?c', ['ac', 'abc'], ['bc']],
    ['^a+', ['a', 'aa'], ['b']],
    ['^ab*', ['a', 'ab'], ['b']],
    ['^foo|bar$', ['foo', 'xbar'], ['xfoo']],
    ['^TYPES_*', ['types', 'types_x'], ['type']],
    ['^(?:a|b)c', ['ac', 'bc'], ['cc']],
    ['^\xc9T', ['\xc9t'], ['\xe9t']],
    ['[\xc0-\xde]', ['\xc9'], ['\xe9']],
    ['\\x0b|\\s', ['a\x0bb'], ['ab', 'a\xa0b']],
  ];
  for (const [source, accepted, refused] of cases) {
    it(`searches /${source}/`, () => {
      const selector = regexSelector(source);
      for (const key of accepted) expect(selector.accepts(key), `accepts ${key}`).toBeTruthy();
      for (const key of refused) expect(selector.accepts(key), `refuses ${key}`).toBeFalsy();
    });
  }

  it('reports what is wrong with an expression', () => {
    expect(() => regexSelector('(')).toThrow(
      expect.objectContaining({ code: 'seclang.syntax', message: expect.stringMatching(/selector \/\(\/.*column 1/) }),
    );
    expect(() => regexSelector('a(?=b)')).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: expect.stringMatching(/column 2/) }),
    );
    expect(() => regexSelector('a{2000}')).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: expect.stringMatching(/1000 times/) }),
    );
  });
});

describe('parseSelector', () => {
  it('distinguishes names and expressions', () => {
    expect(parseSelector('foo').name).toBe('foo');
    expect(parseSelector('/^json\\.\\d+$/').accepts('json.12')).toBeTruthy();
    expect(parseSelector('/a\\/b/').accepts('xa/by')).toBeTruthy();
  });
});

describe('searchOf', () => {
  const texts = ['OWASP_CRS', 'owasp_crs', 'attack-sqli/OWASP_CRS/x', 'a b@c:d', 'a.b', 'aXb', '', 'a\nb', '-'];

  it.each(['OWASP_CRS', 'attack-sqli/', 'b@c:', 'a b', '-', 'x'])('finds %j as the same in a group', (word) => {
    const found = texts.map(searchOf('tag', word));
    expect(found).toStrictEqual(texts.map(searchOf('tag', `(?:${word})`)));
    expect(found).toStrictEqual(texts.map((text) => text.includes(word)));
  });

  it('takes what is more than a word for an expression', () => {
    expect(texts.filter(searchOf('tag', 'a.b'))).toStrictEqual(['a b@c:d', 'a.b', 'aXb', 'a\nb']);
    expect(texts.filter(searchOf('tag', '^a'))).toStrictEqual([
      'attack-sqli/OWASP_CRS/x',
      'a b@c:d',
      'a.b',
      'aXb',
      'a\nb',
    ]);
    expect(() => searchOf('tag "("', '(')).toThrow(/tag "\("/);
  });
});
