import { describe, expect, it } from 'vitest';
import { problemOfPath } from '../../src/pack/pack-path.ts';

describe('problemOfPath', () => {
  it('accepts plain paths', () => {
    for (const path of ['a', 'a/b.conf', '..a', 'a..', '.hidden', 'é/ü', 'a b', `${'x'.repeat(200)}/y`]) {
      expect(problemOfPath(path), path).toBeUndefined();
    }
  });

  const refused: readonly (readonly [path: string, problem: RegExp])[] = [
    ['', /empty/],
    ['..', /outside/],
    ['../a', /outside/],
    ['a/../../b', /outside/],
    ['/a', /absolute/],
    ['C:/a', /absolute/],
    ['a\\..\\b', /backslash/],
    ['a//b', /plainly/],
    ['./a', /plainly/],
    ['a/.', /plainly/],
    ['a/', /plainly/],
    ['a\nb', /control/],
    ['a\0b', /control/],
    ['a\u202efnoc.b', /control/],
    ['a\uFFFD', /UTF-8/],
    ['x'.repeat(256), /longer than 255/],
    ['é'.repeat(128), /longer than 255/],
  ];
  for (const [path, problem] of refused) {
    it(`refuses ${JSON.stringify(path.slice(0, 20))}`, () => expect(problemOfPath(path)).toMatch(problem));
  }
});
