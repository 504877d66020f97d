import { describe, expect, it } from 'vitest';
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
    expect(targets.map((target) => [target.variable, target.mode, target.selector?.label])).toStrictEqual([
      ['ARGS', 'each', undefined],
      ['REQUEST_HEADERS', 'count', 'Host'],
      ['TX', 'each', '/^a/'],
    ]);
  });

  it('leaves keys out of every target of that name', () => {
    const [target] = targetsOf('ARGS|!ARGS:pass|!ARGS:/^tok/');
    expect.assert(target);
    expect(targetAccepts(target, 'id')).toBeTruthy();
    expect(targetAccepts(target, 'pass')).toBeFalsy();
    expect(targetAccepts(target, 'token')).toBeFalsy();
  });

  it('excludes a whole variable', () => {
    expect(targetsOf('ARGS|REQUEST_COOKIES|!REQUEST_COOKIES').map((target) => target.variable)).toStrictEqual(['ARGS']);
  });

  it('refuses what is not supported, by name', () => {
    expect(() => targetsOf('PERF_ALL')).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: 'variable PERF_ALL' }),
    );
    expect(() => targetsOf('XML:/a/b')).toThrow(
      expect.objectContaining({ code: 'seclang.unsupported', message: expect.stringMatching(/XPath \/a\/b/) }),
    );
  });
});

describe('paths of XML', () => {
  it('are excluded individually', () => {
    const left = (text: string) => targetsOf(text).map(({ kinds }) => kinds[0]);
    expect(left('XML:/*|XML://@*|!XML:/*')).toStrictEqual([fieldKind('XML_ATTRIBUTE')]);
    expect(left('XML:/*|XML://@*|!XML://@*')).toStrictEqual([fieldKind('XML_TEXT')]);
    expect(left('ARGS|XML:/*|!XML://*').length).toStrictEqual(1);
    expect(() => targetsOf('XML:/*|!XML:/a/b')).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
  });

  it('are removed individually at run time', () => {
    const [text, attributes] = targetsOf('XML:/*|XML://@*');
    expect.assert(text && attributes);
    const filter = parseTargetFilter('xml:/*');
    expect([filterRemoves(filter, text, ''), filterRemoves(filter, attributes, 'a')]).toStrictEqual([true, false]);
    const both = parseTargetFilter('XML');
    expect([filterRemoves(both, text, ''), filterRemoves(both, attributes, 'a')]).toStrictEqual([true, true]);
  });
});

describe('parseTargetFilter', () => {
  it('accepts aliases of a variable, and no unknown names', () => {
    expect(parseTargetFilter('multipart_semicolon_missing').variable).toBe('MULTIPART_MISSING_SEMICOLON');
    expect(() => parseTargetFilter('ARG:a')).toThrow(
      expect.objectContaining({ code: 'seclang.syntax', message: 'no variable "ARG"' }),
    );
    expect(() => parseTargetFilter('XML:/a/b')).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
  });
});

describe('indexTargets', () => {
  it('finds targets by kind, without counts', () => {
    const index = indexTargets(targetsOf('REQUEST_URI|ARGS|ARGS_POST|&ARGS'));
    expect(index[fieldKind('ARGS_POST')]).toStrictEqual([1, 2]);
    expect(index[fieldKind('ARGS_GET')]).toStrictEqual([1]);
    expect(index[fieldKind('REQUEST_BODY')]).toBe(undefined);
  });
});

describe('filterRemoves', () => {
  it('compares variable and key', () => {
    const [target] = targetsOf('ARGS');
    expect.assert(target);
    const filter = { variable: 'ARGS', selector: parseSelector('/^x/') };
    expect(filterRemoves(filter, target, 'xy')).toBeTruthy();
    expect(filterRemoves(filter, target, 'y')).toBeFalsy();
    expect(filterRemoves({ variable: 'ARGS_NAMES', selector: undefined }, target, 'xy')).toBeFalsy();
  });
});
