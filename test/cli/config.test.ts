// `weir config`, as people call it.

import { describe, expect, it } from 'vitest';
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

describe('weir config', () => {
  it('helps, and refuses what it does not know', async () => {
    expect((await run('--help')).code).toBe(0);
    for (const words of [['nothing'], ['schema', 'x'], ['schema', '--y'], []])
      expect((await run(...words)).code, words.join(' ')).toBe(2);
  });
});
