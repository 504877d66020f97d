import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameSelector, parseSelector, regexSelector } from '../../src/plan/selector.ts';

describe('nameSelector', () => {
  it('ignores ASCII case and keeps the spelling for logs', () => {
    const selector = nameSelector('User-Agent');
    assert.ok(selector.accepts('user-agent'));
    assert.ok(!selector.accepts('user-agent2'));
    assert.equal(selector.label, 'User-Agent');
  });

  it('folds no byte above 127', () => {
    assert.ok(nameSelector('\xc3\x89T\xc3\x89').accepts('\xc3\x89t\xc3\x89'));
    assert.ok(!nameSelector('\xc9').accepts('\xe9'));
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
      for (const key of accepted) assert.ok(selector.accepts(key), `accepts ${key}`);
      for (const key of refused) assert.ok(!selector.accepts(key), `refuses ${key}`);
    });
  }

  it('says what is wrong with an expression', () => {
    assert.throws(() => regexSelector('('), { code: 'seclang.syntax', message: /selector \/\(\/.*column 1/ });
    assert.throws(() => regexSelector('a(?=b)'), { code: 'seclang.unsupported', message: /column 2/ });
    assert.throws(() => regexSelector('a{2000}'), { code: 'seclang.unsupported', message: /1000 times/ });
  });
});

describe('parseSelector', () => {
  it('tells names and expressions apart', () => {
    assert.equal(parseSelector('foo').name, 'foo');
    assert.ok(parseSelector('/^json\\.\\d+$/').accepts('json.12'));
    assert.ok(parseSelector('/a\\/b/').accepts('xa/by'));
  });
});
