// Renders deploy/helm for tests, with Helm's own loader and engine as a Go module. Built once; tests that need it are skipped if it is not
// available.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, runLogged } from './command.mjs';
import { cacheFolder, inRoot } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const source = inRoot('test', 'deploy', 'chart-renderer');
const folder = join(cacheFolder, 'chart-renderer');
const stamp = join(folder, 'built-from');

/** Path of the program, whether it exists or not. */
export const chartRenderer = join(folder, 'chart-renderer');

/** Makes sure that it exists. @throws SetupError when it cannot be built. */
export async function ensureChartRenderer() {
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  const version = outputOf('go', ['version'], { env: environment });
  if (version === undefined) throw new SetupError('go is missing', 'Install Go 1.24 or newer.');
  const digest = digestOf([source], [version]);
  if (existsSync(chartRenderer) && readStamp(stamp) === digest) return;
  say("building Helm's engine, which renders the chart for tests; usually 20 to 40 seconds, once");
  await runLogged('chart-renderer', 'go', ['build', '-ldflags=-s -w', '-o', chartRenderer, '.'], {
    cwd: source,
    env: environment,
    cure: 'Is this Go 1.24 or newer, and the proxy for Go modules reachable from here?',
  });
  writeStamp(stamp, digest);
}
