import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constants, constantTable } from '../../src/base/constants.ts';
import { limitTable } from '../../src/base/limits.ts';
import { filesUnder, repository } from '../house/source.ts';

/** All sources except the tables themselves. */
const sources = filesUnder('src', ['.ts'])
  .filter((path) => !/^src\/base\/(?:limit|limits|constants|limit-relations|[a-z]+-limits)\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }));
const isRead = (name: string): boolean => sources.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text));

describe('constantTable', () => {
  for (const [name, { default: value, why }] of Object.entries(constantTable)) {
    it(`${name} has a reason, is read, and is not a configurable limit`, () => {
      expect(constants[name as keyof typeof constants]).toBe(value);
      expect(why.length, `the reason "${why}" says too little`).toBeGreaterThan(20);
      expect(isRead(name), 'nothing reads it').toBeTruthy();
      expect(!(name in limitTable)).toBe(true);
    });
  }
});

describe('limits', () => {
  it('are all read by something', () => {
    expect(Object.keys(limitTable).filter((name) => !isRead(name))).toStrictEqual([]);
  });

  it('are passed to their readers, which do not import the defaults', () => {
    const imported =
      /^import \{(?:[^}]*,)?\s*limits\b(?:\s+as\s+\w+)?\s*(?:,[^}]*)?\} from '[^']*\/base\/limits\.ts';$/m;
    const takers = sources.filter(({ text }) => imported.test(text)).map(({ path }) => path);
    expect(takers).toStrictEqual([]);
  });
});
