import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { parseSelector } from '../../src/plan/selector.ts';
import {
  compileTargets,
  filterRemoves,
  indexTargets,
  parseTargetFilter,
  targetAccepts,
} from '../../src/plan/targets.ts';
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

describe('paths of XML', () => {
  it('are taken off the list by themselves', () => {
    const left = (text: string) => targetsOf(text).map(({ kinds }) => kinds[0]);
    assert.deepEqual(left('XML:/*|XML://@*|!XML:/*'), [fieldKind('XML_ATTRIBUTE')]);
    assert.deepEqual(left('XML:/*|XML://@*|!XML://@*'), [fieldKind('XML_TEXT')]);
    assert.deepEqual(left('ARGS|XML:/*|!XML://*').length, 1);
    assert.throws(() => targetsOf('XML:/*|!XML:/a/b'), { code: 'seclang.unsupported' });
  });

  it('are removed at run time by themselves', () => {
    const [text, attributes] = targetsOf('XML:/*|XML://@*');
    assert.ok(text && attributes);
    const filter = parseTargetFilter('xml:/*');
    assert.deepEqual([filterRemoves(filter, text, ''), filterRemoves(filter, attributes, 'a')], [true, false]);
    const both = parseTargetFilter('XML');
    assert.deepEqual([filterRemoves(both, text, ''), filterRemoves(both, attributes, 'a')], [true, true]);
  });
});

describe('parseTargetFilter', () => {
  it('takes other names of a variable, and none that does not exist', () => {
    assert.equal(parseTargetFilter('multipart_semicolon_missing').variable, 'MULTIPART_MISSING_SEMICOLON');
    assert.throws(() => parseTargetFilter('ARG:a'), { code: 'seclang.syntax', message: 'no variable "ARG"' });
    assert.throws(() => parseTargetFilter('XML:/a/b'), { code: 'seclang.unsupported' });
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
