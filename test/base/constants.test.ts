import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { constants, constantTable } from '../../src/base/constants.ts';
import { limitTable } from '../../src/base/limits.ts';
import { filesUnder, repository } from '../house/source.ts';

const sources = filesUnder('src', ['.ts'])
  .filter((path) => !/^src\/base\/(?:limit|limits|constants|limit-relations|rule-limits|work-limits)\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }));
const isRead = (name: string): boolean => sources.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text));

describe('constantTable', () => {
  for (const [name, { default: value, why }] of Object.entries(constantTable)) {
    it(`${name} has a reason, is read, and is no limit that could be set`, () => {
      assert.equal(constants[name as keyof typeof constants], value);
      assert.ok(why.length > 20, `the reason "${why}" says too little`);
      assert.ok(isRead(name), 'nothing reads it');
      assert.ok(!(name in limitTable));
    });
  }
});

describe('limits', () => {
  it('are all read by something', () => {
    assert.deepEqual(
      Object.keys(limitTable).filter((name) => !isRead(name)),
      [],
    );
  });

  it('are given to whoever reads them: nobody takes the defaults but the surface of the library', () => {
    const imported = /^import \{(?:[^}]*,)?\s*limits\s*(?:,[^}]*)?\} from '[^']*\/base\/limits\.ts';$/m;
    const takers = sources.filter(({ text }) => imported.test(text)).map(({ path }) => path);
    assert.deepEqual(takers, ['src/index.ts']);
  });
});
