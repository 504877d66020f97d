// Compiles native sources and C++ tests to objects that are kept: one is compiled again when its source or any header is newer.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The repository's top folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The libraries that the engine and the transport use. */
export const libraries = ['-lhs', '-lre2', '-lnghttp2', '-pthread'];

const baseFlags = ['-std=c++20', '-O1', '-g', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

function filesUnder(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function includes() {
  const flags = 'pkg-config --cflags-only-I libhs 2>/dev/null || echo -I/usr/include/hs';
  return execFileSync('sh', ['-c', flags]).toString().trim().split(/\s+/);
}

/** Sources of a folder, as repository paths. */
export const sourcesUnder = (folder) => filesUnder(folder, '.cc');

/** Sources of the engine, of the transport and of their tests, as repository paths; and those of the binding that need no Node. */
export function nativeSources() {
  const folders = ['native/engine', 'native/transport', 'test/native'].flatMap((folder) => sourcesUnder(folder));
  return [...folders, 'native/binding/shared_sets.cc'];
}

/** Runs the compiler in the repository. Throws its errors. */
export async function compileWith(compiler, flags) {
  try {
    await run(compiler, [...baseFlags, ...flags], { cwd: root });
  } catch (error) {
    throw new Error(error.stderr || error.message);
  }
}

/**
 * Brings the objects of some sources up to date, on all processors.
 * @param options `folder` below build/ that keeps them, `compiler`, `flags` besides the usual ones.
 * @returns the objects' paths, in order.
 */
export async function compileObjects(sources, { folder, compiler, flags }) {
  const objects = join(root, 'build', folder);
  const objectOf = (source) => join(objects, `${source.replaceAll('/', '-')}.o`);
  const included = ['native/engine', 'native/transport', 'test/native', ...sources.map((source) => dirname(source))];
  const headers = [...new Set(included)].flatMap((one) => filesUnder(one, '.h'));
  const headerMs = Math.max(...headers.map((path) => modifiedMs(join(root, path))));
  const stale = sources.filter((source) => {
    const builtMs = modifiedMs(objectOf(source));
    return builtMs < headerMs || builtMs < modifiedMs(join(root, source));
  });
  mkdirSync(objects, { recursive: true });
  if (stale.length > 0) console.log(`compiling ${stale.length} files with ${compiler} (a minute or two at first)`);
  const found = includes();
  const compileNext = async () => {
    for (let source = stale.shift(); source !== undefined; source = stale.shift()) {
      await compileWith(compiler, [...flags, ...found, '-c', source, '-o', objectOf(source)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
  return sources.map(objectOf);
}
