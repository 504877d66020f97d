// The program of docs/api.md runs unchanged.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/api.md'), 'utf8');

describe('docs/api.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-api-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a program that runs', async () => {
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
    expect(blocks).toHaveLength(1);
    const program = join(folder, 'program.ts');
    const rules = join(folder, 'rules.conf');
    writeFileSync(program, blocks.join('').replace("'weir'", `'${pathToFileURL(join(root, 'src/index.ts'))}'`));
    writeFileSync(rules, 'SecRule ARGS "@contains evil" "id:1,phase:1,deny,status:418"\n');
    const { decide } = await import(pathToFileURL(program).href);
    expect(await decide([rules], '/?a=good')).toBe('go on');
    expect(await decide([rules], '/?a=evil')).toBe('answer 418');
  });
});
