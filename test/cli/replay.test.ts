import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayCommand } from '../../src/cli/replay.ts';
import { packFiles } from '../pack/pack-files.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

describe('weir replay', () => {
  it('ends with 1 when a verdict changes, with 0 when none does', async (test) => {
    const folder = ruleFolder(test, {
      'old.conf': 'SecRule ARGS "@contains a" "id:1,phase:1,deny"',
      'new.conf': 'SecRule ARGS "@contains b" "id:1,phase:1,deny"',
      'log.jsonl': '{"event":"exchange","requestId":"r","method":"GET","target":"/?q=a"}\n',
    });
    const [older, newer, log] = ['old.conf', 'new.conf', 'log.jsonl'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    let out = '';
    const run = (...words: string[]) =>
      replayCommand([...words, '--no-cache'], {
        print: (text) => {
          out += text;
        },
        warn: () => undefined,
      });
    expect(await run(log, '--old', older, '--new', newer)).toBe(1);
    expect(out).toMatch(/^1 exchanges: 1 verdicts change, 0 stay the same by other rules$/m);
    expect(await run(log, '--old', older, '--new', older)).toBe(0);
    expect(await run('--old', older, '--new', newer, log)).toBe(2);
    expect(await run(join(folder, 'no'), '--old', older, '--new', newer)).toBe(2);
  });

  it('runs each side with the settings of its packs', async (test) => {
    const packs = ['block', 'detect'].map((mode) =>
      ruleFolder(test, packFiles({ manifest: `profile: { mode: ${mode} }` })),
    );
    const log = join(ruleFolder(test, { 'a.http': 'GET /?q=attack HTTP/1.1\r\nHost: h\r\n\r\n' }), 'a.http');
    let out = '';
    const printer = {
      print: (text: string) => {
        out += text;
      },
      warn: () => undefined,
    };
    const [blocks = '', detects = ''] = packs;
    expect(await replayCommand([log, '--old', blocks, '--new', detects, '--no-cache'], printer)).toBe(1);
    expect(out).toMatch(/before: block, rules 1001\n {4}after: {2}detect, rules 1001\n/);
  });
});
