// What the command line of `weir serve` and a configuration file come to together.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createServeCommand, type ServeOptions, settingsOf } from '../../src/cli/serve-options.ts';
import { configOf, defaultCacheFolder, type ServeConfig } from '../../src/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-options-'));
after(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
writeFileSync(rules, '');
const file = join(folder, 'weir.yaml');
writeFileSync(
  file,
  `listen: [h:1, h:2]
rules: [a.conf]
detectionOnly: true
allowUnsupported: true
auditLog: audit.log
logLevel: warn
logValues: true
cache: patterns
onFailure: {parse: detect, coding: allow}
limits: {holdMsMax: 7, holdWindowBytesMax: 20000, fieldsMax: 9}
`,
);
const socketFile = join(folder, 'socket.yaml');
writeFileSync(socketFile, 'socketMode: "0600"\nsocketUser: weir\n');
const quiet = join(folder, 'quiet.yaml');
writeFileSync(quiet, 'detectionOnly: false\nallowUnsupported: false\nlogValues: false\ncache: false\n');

const configFor = (...words: readonly string[]): ServeConfig =>
  configOf(settingsOf(createServeCommand().parse(words, { from: 'user' }).opts<ServeOptions>()));

describe('settingsOf', () => {
  it('leaves every default alone when nothing is set', () => {
    assert.deepEqual(configFor(), configOf({ cacheFolder: defaultCacheFolder() }));
  });

  it('takes everything from the file', () => {
    for (const option of ['-c', '--config']) {
      const config = configFor(option, file);
      assert.deepEqual([config.listen, config.rules], [['h:1', 'h:2'], [rules]]);
      assert.deepEqual([config.engine, config.allowUnsupported, config.redaction], ['DetectionOnly', true, 'full']);
      assert.deepEqual([config.logLevel, config.auditLog], ['warn', join(folder, 'audit.log')]);
      assert.equal(config.cacheFolder, join(folder, 'patterns'));
      const { actions } = config.failurePolicy;
      assert.deepEqual([actions.parse, actions.coding, actions.overload], ['detect', 'allow', 'block']);
      const { holdMsMax, holdWindowBytesMax, fieldsMax } = config.limits;
      assert.deepEqual([holdMsMax, holdWindowBytesMax, fieldsMax], [7, 20_000, 9]);
    }
  });

  it('puts the access to sockets together from both', () => {
    const { socket } = configFor('--config', socketFile, '--socket-user', '7');
    assert.deepEqual(socket, { mode: 0o600, user: '7' });
  });

  const cases: readonly (readonly [
    words: readonly string[],
    of: (config: ServeConfig) => unknown,
    expected: unknown,
  ])[] = [
    [['--socket-mode', '660', '--socket-group', 'envoy'], ({ socket }) => socket, { mode: 0o660, group: 'envoy' }],
    [['--listen', 'h:3'], ({ listen }) => listen, ['h:3']],
    [['--rules', 'x', 'y'], ({ rules: paths }) => paths, ['x', 'y']],
    [['--audit-log', 'b.log'], ({ auditLog }) => auditLog, 'b.log'],
    [['--log-level', 'info'], ({ logLevel }) => logLevel, 'info'],
    [['--cache', '/c'], ({ cacheFolder }) => cacheFolder, '/c'],
    [['--no-cache'], ({ cacheFolder }) => cacheFolder, undefined],
    [['--hold-time', '8'], ({ limits }) => [limits.holdMsMax, limits.fieldsMax], [8, 9]],
    [['--hold-window', '30000'], ({ limits }) => limits.holdWindowBytesMax, 30_000],
    [['--limit', 'fieldsMax=10'], ({ limits }) => [limits.holdMsMax, limits.fieldsMax], [7, 10]],
    [
      ['--on-failure', 'parse=allow'],
      ({ failurePolicy: { actions } }) => [actions.parse, actions.coding],
      ['allow', 'allow'],
    ],
  ];
  for (const [words, of, expected] of cases) {
    it(`lets ${words.join(' ')} win over the file`, () => {
      assert.notDeepEqual(of(configFor('--config', file)), expected);
      assert.deepEqual(of(configFor('--config', file, ...words)), expected);
      assert.deepEqual(of(configFor(...words, '--config', file)), expected);
    });
  }

  it('switches on what the file leaves off', () => {
    const off = configFor('-c', quiet);
    assert.deepEqual([off.engine, off.allowUnsupported, off.redaction], [undefined, false, 'redacted']);
    assert.equal(off.cacheFolder, undefined);
    const on = configFor('-c', quiet, '--detection-only', '--allow-unsupported', '--log-values', '--cache', '/c');
    assert.deepEqual([on.engine, on.allowUnsupported, on.redaction], ['DetectionOnly', true, 'full']);
    assert.equal(on.cacheFolder, '/c');
  });
});
