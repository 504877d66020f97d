// Provides the peers: programs of ours built with Go, and unpacked Debian packages. All are in .cache, built once for each state of their
// sources. Nothing is installed.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Absent } from './system.ts';

const cacheFolder = join(import.meta.dirname, '../../.cache/bench');
const goFolder = join(import.meta.dirname, 'go');

/** Time limit of a build; the first one fetches modules and compiles Envoy's protocol. */
const buildMsMax = 900_000;

/** Runs a program to its end and returns its output. @throws Absent with its last line when it fails or does not exist. */
function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  try {
    return execFileSync(program, args, {
      ...options,
      encoding: 'utf8',
      timeout: buildMsMax,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stderr = '', code } = error as { readonly stderr?: string; readonly code?: string };
    if (code === 'ENOENT') throw new Absent(`${program} is missing`);
    throw new Absent(`${program} ${args[0]}: ${stderr.trim().split('\n').at(-1) || 'failed'}`);
  }
}

/** Calls `make` to build `target` unless it was built with the same `digest`. */
function once(target: string, digest: string, make: () => void): void {
  const stamp = `${target}.made`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  rmSync(stamp, { force: true });
  make();
  writeFileSync(stamp, digest);
}

/** Digest of the sources of our Go programs. */
function goDigest(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(goFolder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(go|mod|sum)$/.test(name)) hash.update(name).update(readFileSync(join(goFolder, name)));
  }
  return hash.digest('hex');
}

/** A program in `go/` to build. */
export interface GoProgram {
  /** Its folder. */
  readonly name: 'service' | 'empty' | 'coraza';
  readonly tags?: readonly string[];
}

/** Builds a program in `go/` and returns its path. @throws Absent without Go, its modules or a C compiler. */
export function buildGo({ name, tags = [] }: GoProgram, onProgress: (sentence: string) => void): string {
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly -buildvcs=false' };
  const version = run('go', ['version'], { env: environment }).trim();
  const target = join(cacheFolder, 'go', [name, ...tags].join('-'));
  mkdirSync(join(cacheFolder, 'go'), { recursive: true });
  once(target, `${goDigest()} ${version}`, () => {
    onProgress(`building ${name}${tags.length > 0 ? ` with ${tags.join()}` : ''}; a first time takes a minute or two`);
    run('go', ['build', '-tags', tags.join(), '-o', target, `./${name}`], { cwd: goFolder, env: environment });
  });
  return target;
}

/** The versions of Go and of a module that our programs use, from `go.mod`. */
export function goVersionOf(module: string): string {
  const file = readFileSync(join(goFolder, 'go.mod'), 'utf8');
  const at = file.split('\n').find((line) => line.trim().startsWith(`${module} `));
  return at?.trim().split(' ')[1] ?? 'unknown';
}

/** The installed version of Go, such as `go1.26.8`. @throws Absent */
export const goVersion = (): string => run('go', ['env', 'GOVERSION']).trim();

/** Unpacked Debian packages. */
export interface Unpacked {
  /** The folder in place of `/`. */
  readonly root: string;
  /** Each package's version, by name. */
  readonly versions: ReadonlyMap<string, string>;
}

/** Fetches packages of the distribution and unpacks them into one folder, without installing any. @throws Absent */
export function unpackDebian(
  name: string,
  packages: readonly string[],
  onProgress: (sentence: string) => void,
): Unpacked {
  const folder = join(cacheFolder, name);
  const root = join(folder, 'root');
  const policy = run('apt-cache', ['policy', ...packages], { env: { ...process.env, LC_ALL: 'C' } });
  const candidates = new Map(
    [...policy.matchAll(/^(\S+):\n[\s\S]*?Candidate: (\S+)/gm)].map(([, one = '', version = '']) => [one, version]),
  );
  const missing = packages.filter((one) => (candidates.get(one) ?? '(none)') === '(none)');
  if (missing.length > 0) throw new Absent(`the distribution has no ${missing.join(', ')} (apt-get update?)`);
  const wanted = packages.map((one) => `${one}=${candidates.get(one)}`);
  once(folder, wanted.join(' '), () => {
    onProgress(`fetching ${packages.join(', ')}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    run('apt-get', ['--quiet', 'download', ...wanted], { cwd: folder });
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.deb')))
      run('dpkg-deb', ['--extract', join(folder, file), root]);
  });
  return { root, versions: candidates };
}

/** Libraries that a program needs and the machine does not have. @param libraries a folder that is searched first. */
export function missingLibraries(file: string, libraries: string): readonly string[] {
  const output = run('ldd', [file], { env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map(([, name = '']) => name);
}
