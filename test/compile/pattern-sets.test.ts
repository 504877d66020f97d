import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { compileLink } from '../../src/compile/link-compiler.ts';
import { layOutProgram } from '../../src/compile/pattern-sets.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { draftOf, linkContext } from '../support/registry.ts';

function layoutOf(...rules: string[]) {
  const context = linkContext();
  for (const [index, rule] of rules.entries())
    compileLink(draftOf(rule.replace('"$', `"id:${index + 1}`), context), context);
  return runAtOnce(layOutProgram(context.registry, new Pace()));
}

describe('layOutProgram', () => {
  it('gives kinds that share their rules one class', () => {
    const { kindClasses } = layoutOf('SecRule ARGS|REQUEST_COOKIES "@rx x" "$"', 'SecRule ARGS_NAMES "@rx y" "$"');
    const classOf = (name: Parameters<typeof fieldKind>[0]) => kindClasses[fieldKind(name)]?.native;
    expect(classOf('ARGS_GET')).toBe(classOf('ARGS_POST_NAMES'));
    expect(classOf('ARGS_GET')).toBe(classOf('REQUEST_COOKIES'));
    expect(classOf('REQUEST_URI')).toBe(-1);
  });

  it('makes one set for each chain, and one of equal sets', () => {
    const layout = layoutOf(
      'SecRule REQUEST_URI|REQUEST_BODY "@rx a" "$,t:lowercase"',
      'SecRule REQUEST_URI|REQUEST_BODY "@rx b" "$,t:lowercase"',
      'SecRule REQUEST_URI "@rx c" "$,t:none"',
    );
    expect(layout.sets.map((set) => set.map((pattern) => pattern.source)).sort()).toStrictEqual([['a', 'b'], ['c']]);
    expect(layout.classes.length).toBe(2);
  });

  it('reports where each pattern is', () => {
    const layout = layoutOf('SecRule ARGS "@rx a" "$"', 'SecRule TX:x "@rx b" "$"', 'SecRule ARGS "@gt 5" "$"');
    expect([...layout.placeOfPattern.keys()].sort((a, b) => a - b)).toStrictEqual([0, 1]);
    expect(layout.computedClasses.length).toBe(1);
  });

  it('leaves values in a batch to detectors, and those on a stream to tests', () => {
    const layout = layoutOf('SecRule ARGS "@detectXSS" "$,t:lowercase"', 'SecRule ARGS "@gt 5" "$"');
    const argument = layout.kindClasses[fieldKind('ARGS_GET')];
    expect(layout.sets.map((set) => set.map(({ engine, source }) => [engine, source]))).toStrictEqual([
      [['detector', 'xss']],
    ]);
    expect(layout.classes[argument?.native ?? -1]).toStrictEqual([{ chain: 0, set: 0 }]);
    expect(argument?.tests.length).toBe(1);
    expect(argument?.streamTests.length).toBe(2);
    expect(layout.placeOfPattern.size, 'no engine can tell where a detector found something').toBe(0);
  });

  it('runs a negated detector as a test', () => {
    const layout = layoutOf('SecRule ARGS "!@detectSQLi" "$"');
    expect(layout.sets.length).toBe(0);
    expect(layout.kindClasses[fieldKind('ARGS_GET')]?.tests.length).toBe(1);
  });

  it('puts all phrases of a list under one id', () => {
    const { sets } = layoutOf('SecRule ARGS "@pm one two three" "$"');
    expect(sets[0]?.map((pattern) => [pattern.id, pattern.source])).toStrictEqual([
      [0, 'one'],
      [0, 'two'],
      [0, 'three'],
    ]);
  });
});
