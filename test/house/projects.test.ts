// The projects of vitest.config.ts: their patterns match files, and no file is in two projects.

import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { repository } from './source.ts';

const filesOf = (patterns: readonly string[]): readonly string[] => globSync([...patterns], { cwd: repository });

describe('the projects', () => {
  const named = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? [project.test ?? {}] : [],
  );

  for (const { name, include = [] } of named) {
    for (const pattern of include) {
      it(`${name} has files: ${pattern}`, () => expect(filesOf([pattern])).not.toHaveLength(0));
    }
  }

  it('share no file', () => {
    const files = named.flatMap(({ include = [], exclude = [] }) => {
      const left = new Set(filesOf(exclude));
      return [...new Set(filesOf(include))].filter((file) => !left.has(file));
    });
    expect(files.filter((file, index) => files.indexOf(file) !== index)).toStrictEqual([]);
    expect(files).toHaveLength(filesOf(['test/**/*.test.ts']).length);
  });
});
