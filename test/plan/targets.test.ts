import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { parseSelector } from '../../src/plan/selector.ts';
import { compileTargets, filterRemoves, indexTargets, targetAccepts } from '../../src/plan/targets.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { parseVariables } from '../../src/seclang/variables.ts';

const targetsOf = (text: string) =>
  compileTargets(parseVariables(new PlacedText(text, { file: 'a.conf', line: 1, column: 1 })));

describe('compileTargets', () => {
  it('keeps order, mode and selector', () => {
    const targets = targetsOf('ARGS|&REQUEST_HEADERS:Host|TX:/^a/');
    assert.deepEqual(
      targets.map((target) => [target.variable, target.mode, target.selector?.label]),
      [
        ['ARGS', 'each', undefined],
        ['REQUEST_HEADERS', 'count', 'Host'],
        ['TX', 'each', '/^a/'],
      ],
    );
  });

  it('leaves keys out of every target of that name', () => {
    const [target] = targetsOf('ARGS|!ARGS:pass|!ARGS:/^tok/');
    assert.ok(target);
    assert.ok(targetAccepts(target, 'id'));
    assert.ok(!targetAccepts(target, 'pass'));
    assert.ok(!targetAccepts(target, 'token'));
  });

  it('takes a whole variable off the list', () => {
    assert.deepEqual(
      targetsOf('ARGS|REQUEST_COOKIES|!REQUEST_COOKIES').map((target) => target.variable),
      ['ARGS'],
    );
  });

  it('refuses what is not supported, by name', () => {
    assert.throws(() => targetsOf('PERF_ALL'), { code: 'seclang.unsupported', message: 'variable PERF_ALL' });
    assert.throws(() => targetsOf('XML:/a/b'), { code: 'seclang.unsupported', message: /XPath \/a\/b/ });
  });
});

describe('indexTargets', () => {
  it('finds targets by kind, without counts', () => {
    const index = indexTargets(targetsOf('REQUEST_URI|ARGS|ARGS_POST|&ARGS'));
    assert.deepEqual(index[fieldKind('ARGS_POST')], [1, 2]);
    assert.deepEqual(index[fieldKind('ARGS_GET')], [1]);
    assert.equal(index[fieldKind('REQUEST_BODY')], undefined);
  });
});

describe('filterRemoves', () => {
  it('compares variable and key', () => {
    const [target] = targetsOf('ARGS');
    assert.ok(target);
    const filter = { variable: 'ARGS', selector: parseSelector('/^x/') };
    assert.ok(filterRemoves(filter, target, 'xy'));
    assert.ok(!filterRemoves(filter, target, 'y'));
    assert.ok(!filterRemoves({ variable: 'ARGS_NAMES', selector: undefined }, target, 'xy'));
  });
});
