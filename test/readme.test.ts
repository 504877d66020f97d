// What README.md says is what the code does.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { story } from '../demo/story.ts';
import { readmeWithLimits } from '../scripts/readme-limits.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README.md', () => {
  it('has the limits of the code', () => {
    assert.equal(readme, readmeWithLimits(readme), 'run: node scripts/readme-limits.ts (part of npm run generate)');
  });

  it('shows the demo as it is', () => {
    assert.deepEqual(
      story('streamed')
        .map(({ title }) => title)
        .filter((title) => !readme.includes(title)),
      [],
    );
  });

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    assert.ok(links.length > 3, 'the links were seen');
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });
});
