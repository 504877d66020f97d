import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { lintEnvoy, traps } from '../../src/envoy/lint.ts';
import type { LintSettings } from '../../src/envoy/trap.ts';
import { edited, filter, lintSettings as settings, shippedText, testTraps } from './trap-cases.ts';

const ids = (text: string, own: LintSettings = settings): string[] =>
  lintEnvoy(text, 'envoy.yaml', own).map(({ trap }) => trap.id);
/** Weir's filter, failing open. */
const open = edited([(config) => config.setIn([...filter, 'failure_mode_allow'], true)]).getIn(filter.slice(0, -1));

describe('lintEnvoy', () => {
  testTraps(traps);

  it('gives each trap a unique name', () => {
    expect(new Set(traps.map(({ id }) => id)).size).toBe(traps.length);
  });

  it('names the line and column of what it finds', () => {
    const text = shippedText.replace('failure_mode_allow: false', 'failure_mode_allow: true');
    const line = text.split('\n').findIndex((one) => one.includes('failure_mode_allow')) + 1;
    const [found] = lintEnvoy(text, 'envoy.yaml', settings);
    expect([found?.line, found?.column, found?.trap.id]).toStrictEqual([
      line,
      (text.split('\n')[line - 1] ?? '').indexOf('true') + 1,
      'fail-open',
    ]);
  });

  it('reads what a mesh patches in, and aliases', () => {
    const value = JSON.parse(JSON.stringify(open));
    const patch = { kind: 'EnvoyFilter', spec: { configPatches: [{ patch: { value } }] } };
    expect(ids(stringify(patch))).toStrictEqual(['fail-open']);
    expect(ids(`a: &x ${JSON.stringify(value)}\nb: *x\n`)).toStrictEqual(['fail-open', 'fail-open']);
  });

  it('looks only at filters of the given cluster', () => {
    const other = JSON.stringify(open).replace('"cluster_name":"weir"', '"cluster_name":"other"');
    const text = JSON.stringify(edited([(config) => config.addIn(filter.slice(0, -2), JSON.parse(other))]));
    // That there are two is reported in any case: Weir's bodies are lost too.
    const two = ['two-streaming-filters', 'two-streaming-filters'];
    expect(ids(text)).toStrictEqual(['fail-open', ...two]);
    expect(ids(text, { ...settings, cluster: 'weir' })).toStrictEqual(two);
    expect(ids(text, { ...settings, cluster: 'a third' })).not.toContain(two[0]);
  });

  const refused: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ['what is not YAML', 'a: [1\nb: 2', /^envoy\.yaml:\d+:\d+: /],
    ['a text', 'hello', /a configuration of Envoy is a mapping/],
    ['nothing', '', /a configuration of Envoy is a mapping/],
    ['a binary file', '\u0000\u0001\u0002', /envoy\.yaml/],
    ['lists in lists', '['.repeat(20_000), /nested|envoy\.yaml:/],
    [
      'aliases that stand for very many',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`)
        .join('\n')}`,
      /alias|more than/i,
    ],
  ];
  for (const [name, text, message] of refused) {
    it(`refuses ${name}`, () => expect(() => lintEnvoy(text, 'envoy.yaml', settings)).toThrow(message));
  }
});
