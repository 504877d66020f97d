// The settings that options of `weir serve` set, in the form of the file.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagSettingsOf } from '../../src/cli/serve-flags.ts';
import { createServeCommand, type ServeOptions } from '../../src/cli/serve-options.ts';

const settingsOf = (...words: readonly string[]) =>
  flagSettingsOf(createServeCommand().parse(words, { from: 'user' }).opts<ServeOptions>());

/** Options that are not settings: the file to read, and what applies to packs only at this start. */
const others = ['--config', '--allow-downgrade', '--allow-expired'];

const words: Readonly<Record<string, string>> = {
  '--socket-mode': '0660',
  '--hold-window': '5',
  '--hold-time': '5',
  '--limit': 'jsonDepthMax=5',
  '--on-failure': 'timeout=allow',
  '--log-level': 'warn',
  '--transport': 'native',
  '--scan-threads': '1',
  '--processes': 'auto',
  '--audit-format': 'ecs',
  '--audit-benign-percent': '0.5',
};

describe('flagSettingsOf', () => {
  it('knows every option', () => {
    for (const { long, flags } of createServeCommand().options) {
      if (long === undefined || long === null || others.includes(long)) continue;
      const settings = settingsOf(long, ...(flags.includes('<') ? [words[long] ?? 'x'] : []));
      expect(settings.map(({ flag }) => flag)).toStrictEqual([long]);
    }
  });

  it('writes values in the form of the file', () => {
    expect(settingsOf('--listen', 'unix:a', '--socket-mode', '660', '--no-cache', '--limit', 'jsonDepthMax=5')).toEqual(
      [
        { path: ['listen'], value: [`unix:${resolve('a')}`], flag: '--listen' },
        { path: ['socketMode'], value: '0660', flag: '--socket-mode' },
        { path: ['cache'], value: false, flag: '--no-cache' },
        { path: ['limits', 'jsonDepthMax'], value: 5, flag: '--limit' },
      ],
    );
    expect(settingsOf()).toStrictEqual([]);
  });
});
