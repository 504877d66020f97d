import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { compileLink } from '../../src/plan/link-compiler.ts';
import { layOutProgram } from '../../src/plan/pattern-sets.ts';
import { draftOf, linkContext } from '../support/registry.ts';

function layoutOf(...rules: string[]) {
  const context = linkContext();
  for (const [index, rule] of rules.entries())
    compileLink(draftOf(rule.replace('"$', `"id:${index + 1}`), context), context);
  return layOutProgram(context.registry);
}

describe('layOutProgram', () => {
  it('gives kinds that share their rules one class', () => {
    const { kindClasses } = layoutOf('SecRule ARGS|REQUEST_COOKIES "@rx x" "$"', 'SecRule ARGS_NAMES "@rx y" "$"');
    const classOf = (name: Parameters<typeof fieldKind>[0]) => kindClasses[fieldKind(name)]?.native;
    assert.equal(classOf('ARGS_GET'), classOf('ARGS_POST_NAMES'));
    assert.equal(classOf('ARGS_GET'), classOf('REQUEST_COOKIES'));
    assert.equal(classOf('REQUEST_URI'), -1);
  });

  it('makes one set for each chain, and one of equal sets', () => {
    const layout = layoutOf(
      'SecRule REQUEST_URI|REQUEST_BODY "@rx a" "$,t:lowercase"',
      'SecRule REQUEST_URI|REQUEST_BODY "@rx b" "$,t:lowercase"',
      'SecRule REQUEST_URI "@rx c" "$,t:none"',
    );
    assert.deepEqual(layout.sets.map((set) => set.map((pattern) => pattern.source)).sort(), [['a', 'b'], ['c']]);
    assert.equal(layout.classes.length, 2);
  });

  it('says where each pattern is', () => {
    const layout = layoutOf('SecRule ARGS "@rx a" "$"', 'SecRule TX:x "@rx b" "$"', 'SecRule ARGS "@gt 5" "$"');
    assert.deepEqual(
      [...layout.placeOfPattern.keys()].sort((a, b) => a - b),
      [0, 1],
    );
    assert.equal(layout.computedClasses.length, 1);
  });

  it('leaves values in a batch to detectors, and those on a stream to tests', () => {
    const layout = layoutOf('SecRule ARGS "@detectXSS" "$,t:lowercase"', 'SecRule ARGS "@gt 5" "$"');
    const argument = layout.kindClasses[fieldKind('ARGS_GET')];
    assert.deepEqual(
      layout.sets.map((set) => set.map(({ engine, source }) => [engine, source])),
      [[['detector', 'xss']]],
    );
    assert.deepEqual(layout.classes[argument?.native ?? -1], [{ chain: 0, set: 0 }]);
    assert.equal(argument?.tests.length, 1);
    assert.equal(argument?.streamTests.length, 2);
    assert.equal(layout.placeOfPattern.size, 0, 'no engine can tell where a detector found something');
  });

  it('runs a negated detector as a test', () => {
    const layout = layoutOf('SecRule ARGS "!@detectSQLi" "$"');
    assert.equal(layout.sets.length, 0);
    assert.equal(layout.kindClasses[fieldKind('ARGS_GET')]?.tests.length, 1);
  });

  it('puts all phrases of a list under one id', () => {
    const { sets } = layoutOf('SecRule ARGS "@pm one two three" "$"');
    assert.deepEqual(
      sets[0]?.map((pattern) => [pattern.id, pattern.source]),
      [
        [0, 'one'],
        [0, 'two'],
        [0, 'three'],
      ],
    );
  });
});
