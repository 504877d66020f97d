// `weir config`, run as a command.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';

async function run(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await configCommand(words, {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir config schema', () => {
  it('prints the JSON Schema', async () => {
    const { code, out, err } = await run('schema');
    expect([code, err, JSON.parse(out)]).toStrictEqual([0, '', JSON.parse(JSON.stringify(configJsonSchema()))]);
  });
});

describe('weir config check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-config-check-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'weir.yaml');
  writeFileSync(join(folder, 'a.conf'), 'SecRule ARGS "@contains a" "id:1,phase:2,deny"\n');
  writeFileSync(join(folder, 'bad.conf'), 'SecRule ARGS "@contains a" "id:1,phase:2,deni"\n');
  const check = (text: string) => {
    writeFileSync(file, text);
    return run('check', file);
  };

  it('reports success, and which exclusions have expired', async () => {
    const exclusion = 'exclusions: [{rules: [1], owner: a, reason: b, expires: 2020-01-01}]';
    const { code, out, err } = await check(`cache: false\nrules: [a.conf]\nprofiles: {x: {mode: off}}\n${exclusion}\n`);
    expect([code, out]).toStrictEqual([0, `${file} is valid: 2 profiles, 0 routes\n`]);
    expect(err).toBe(`${file}:4:14: the exclusion of a ended after 2020-01-01: b\n`);
  });

  it('reports everything that is wrong with a file, and with the rules of any profile', async () => {
    const file1 = await check('logLevel: loud\nprofiles: {a: {mode: on}}\n');
    expect([file1.code, file1.err.match(/weir\.yaml:\d+:\d+: /g)?.length]).toStrictEqual([1, 2]);
    const rules = await check('cache: false\nrules: [a.conf]\nprofiles: {a: {rules: [bad.conf]}}\n');
    expect([rules.code, rules.err]).toStrictEqual([1, expect.stringContaining('bad.conf:1')]);
  });
});

describe('weir config', () => {
  it('prints help, and rejects unknown commands', async () => {
    expect((await run('--help')).code).toBe(0);
    for (const words of [['nothing'], ['schema', 'x'], ['schema', '--y'], []])
      expect((await run(...words)).code, words.join(' ')).toBe(2);
  });
});
