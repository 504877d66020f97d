// npm's packages: installed from the lock file when node_modules differs from it. Install scripts never run; the native build that we need
// is a step of its own.

import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { runLogged } from './command.mjs';
import { inRoot, root } from './paths.mjs';
import { say } from './say.mjs';

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
}

/** Whether a package was made for another system. */
function isForeign({ os, cpu, optional }) {
  if (os !== undefined && !os.includes(process.platform)) return true;
  if (cpu !== undefined && !cpu.includes(process.arch)) return true;
  return optional === true && (os !== undefined || cpu !== undefined) && process.platform !== 'linux';
}

/** The dependencies of a package, by name. */
const wishesOf = ({ dependencies, optionalDependencies, peerDependencies }) =>
  Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });

/** The entries of a lock file that may be missing here: made for another system, or required only by such packages. */
export function missable(packages) {
  const found = new Set(Object.keys(packages).filter((path) => isForeign(packages[path])));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const wished = new Set(
      Object.entries(packages).flatMap(([path, entry]) => (found.has(path) ? [] : wishesOf(entry))),
    );
    for (const [path, { optional }] of Object.entries(packages)) {
      if (optional === true && !wished.has(path.split('node_modules/').at(-1))) found.add(path);
    }
  }
  return found;
}

/** How node_modules differs from the lock file, or undefined when it does not. Reads npm's own record of what it installed. */
export function packagesProblem() {
  const wanted = packagesOf(inRoot('package-lock.json'));
  const present = packagesOf(inRoot('node_modules', '.package-lock.json'));
  if (present === undefined) return 'not installed yet';
  const canMiss = missable(wanted);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || canMiss.has(path)) continue;
    const found = present[path];
    if (found === undefined && entry.libc !== undefined) continue; // The other C library's variant.
    if (found?.version !== entry.version) {
      return `${path.replace('node_modules/', '')} is ${found?.version ?? 'missing'}, the lock file says ${entry.version}`;
    }
  }
  return undefined;
}

/** The environment without our own node_modules/.bin on PATH: npm must not run on a Node that it is about to delete. */
function outsideEnvironment() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.endsWith('node_modules/.bin'));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** Installs npm's packages if they are missing or differ from the lock file. */
export async function ensurePackages() {
  const problem = packagesProblem();
  if (problem === undefined) return;
  say(`installing npm packages (${problem}); usually 10 to 60 seconds`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runLogged('npm-ci', 'npm', args, {
    cwd: root,
    env: outsideEnvironment(),
    cure: 'Is the npm registry reachable from here? Try "npm ping". Then run the same command again.',
  });
}
