import { describe, expect, it } from 'vitest';
import { formatDefault, readProfile } from '../../src/pack/profile-defaults.ts';
import { readYaml } from '../../src/yaml/read-yaml.ts';

function read(text: string) {
  const { root, problems } = readYaml(text, { file: 'p', aliases: false });
  const found = readProfile(root);
  problems.throwIfAny();
  return found;
}

describe('readProfile', () => {
  it('reads each value with its place', () => {
    const text = `mode: detect
limits: { jsonDepthMax: 20 }
onFailure:
  charset: block
responses: { inspect: true, mediaTypes: [Text/HTML, application/json] }
`;
    expect(read(text)).toStrictEqual([
      { path: ['mode'], value: 'detect', place: 'p:1:7' },
      { path: ['limits', 'jsonDepthMax'], value: 20, place: 'p:2:25' },
      { path: ['onFailure', 'charset'], value: 'block', place: 'p:4:12' },
      { path: ['responses', 'inspect'], value: true, place: 'p:5:23' },
      { path: ['responses', 'mediaTypes'], value: ['text/html', 'application/json'], place: 'p:5:41' },
    ]);
  });

  const wrong: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['nothing', '', /must be a mapping/],
    ['a list', '[mode]', /must be a mapping/],
    ['a name that there is not', 'limit: {}', /^p:1:1: unknown name "limit", did you mean limits\?/],
    ['what a profile has and a pack has no say about', 'exclusions: []', /unknown name "exclusions"/],
    ['the mode that takes all rules out', 'mode: off', /^p:1:7: mode must be one of detect, block, got "off"/],
    ['a mode in another case', 'mode: Block', /one of detect, block/],
    ['a limit that there is not', 'limits: { jsonDepthMx: 1 }', /did you mean jsonDepthMax\?/],
    [
      'a limit of the process',
      'limits: { memoryBytesMax: 1 }',
      /^p:1:27: memoryBytesMax is a limit of the whole process/,
    ],
    ['a limit that is none', 'limits: { jsonDepthMax: 0 }', /positive whole number, got 0/],
    ['a limit as a text', 'limits: { jsonDepthMax: "5" }', /positive whole number, got "5"/],
    ['a huge limit', 'limits: { jsonDepthMax: 1e99 }', /positive whole number/],
    ['limits that contradict each other', 'limits: { holdMsMax: 60000 }', /^p:1:9: .*holdMsMax must be shorter/],
    ['a cause that there is not', 'onFailure: { parsing: block }', /unknown name "parsing"/],
    ['a cause that only prototypes have', 'onFailure: { toString: block }', /unknown name "toString"/],
    ['an action that there is not', 'onFailure: { parse: drop }', /one of block, allow, detect, got "drop"/],
    ['a list of no type', 'responses: { mediaTypes: [] }', /a list with at least one entry/],
    ['a type that is a number', 'responses: { mediaTypes: [1] }', /must be a text, got 1/],
    ['a text for a flag', 'responses: { inspect: "yes" }', /true or false, got "yes"/],
  ];
  for (const [what, text, message] of wrong) {
    it(`refuses ${what}`, () =>
      expect(() => read(text)).toThrow(expect.objectContaining({ message: expect.stringMatching(message) })));
  }
});

describe('formatDefault', () => {
  it('writes path and value', () => {
    expect(formatDefault({ path: ['limits', 'jsonDepthMax'], value: 5 })).toBe('limits.jsonDepthMax 5');
    expect(formatDefault({ path: ['responses', 'mediaTypes'], value: ['a/b', 'c/d'] })).toBe(
      'responses.mediaTypes a/b c/d',
    );
  });
});
