// Builds the engine and the transport with their C++ tests under sanitizers: AddressSanitizer and UndefinedBehaviorSanitizer, or
// ThreadSanitizer.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileObjects, compileWith, libraries, nativeSources, root, sourcesUnder } from './compile.mjs';

function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function firstThatWorks(commands) {
  const found = commands.find((command) => command !== undefined && works(command));
  if (found === undefined) throw new Error(`no C++20 compiler found; tried ${commands.filter(Boolean).join(', ')}`);
  return found;
}

/** The compiler of sanitizer builds. */
export const sanitizingCompiler = () => firstThatWorks([process.env.CXX, 'clang++-14', 'clang++', 'g++']);

const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror'];

/**
 * Builds the test programs: one for the cases of the harness, and one for each test with its own main.
 * @returns each program's path and sources.
 */
export async function buildPrograms() {
  const compiler = sanitizingCompiler();
  const folder = 'native-test';
  const sanitizers = '-fsanitize=address,undefined';
  const sources = nativeSources();
  const objects = await compileObjects(sources, {
    folder,
    compiler,
    flags: [sanitizers, ...warnings],
  });
  const objectOf = (source) => objects[sources.indexOf(source)];
  const tests = sources.filter((source) => source.startsWith('test/'));
  const alone = tests.filter(
    (source) => !source.endsWith('/main.cc') && /^int main\(/m.test(readFileSync(join(root, source), 'utf8')),
  );
  const engine = sources.filter((source) => !source.startsWith('test/'));
  const programs = [tests.filter((source) => !alone.includes(source)), ...alone.map((source) => [source])];
  return Promise.all(
    programs.map(async (members, index) => {
      const path = join(root, 'build', folder, `tests-${index}`);
      await compileWith(compiler, [sanitizers, ...[...engine, ...members].map(objectOf), ...libraries, '-o', path]);
      return { path, members };
    }),
  );
}

/** Builds the cases with threads under ThreadSanitizer. @returns the program's path. */
export async function buildThreadsProgram() {
  const compiler = sanitizingCompiler();
  const folder = 'native-threads';
  const sanitizer = '-fsanitize=thread';
  const hasThreads = (source) => /std::(thread|async)\b/.test(readFileSync(join(root, source), 'utf8'));
  const sources = nativeSources().filter(
    (source) =>
      !source.startsWith('native/transport/') &&
      (!source.startsWith('test/') || source.endsWith('/main.cc') || hasThreads(source)),
  );
  const objects = await compileObjects(sources, { folder, compiler, flags: [sanitizer, ...warnings] });
  const path = join(root, 'build', folder, 'tests');
  await compileWith(compiler, [sanitizer, ...objects, ...libraries, '-o', path]);
  return path;
}

/** The transport's addon for Node under AddressSanitizer and UndefinedBehaviorSanitizer, in build/. */
export const sanitizedAddon = join(root, 'build', 'sanitized-addon', 'weir_transport.node');

/**
 * Builds the addon with GCC: the runtime of its sanitizers can be loaded into a Node without sanitizers.
 * @param headers the folder that contains Node's `include`.
 * @returns the runtime, to be preloaded.
 */
export async function buildSanitizedAddon(headers) {
  const compiler = 'g++';
  const sanitizers = '-fsanitize=address,undefined';
  const isystem = [
    dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json')),
    `${headers}/include/node`,
  ];
  const defines = ['NAPI_VERSION=9', 'NAPI_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'];
  const flags = [
    sanitizers,
    '-fPIC',
    '-fvisibility=hidden',
    ...warnings,
    ...isystem.flatMap((folder) => ['-isystem', folder]),
    ...defines.map((name) => `-D${name}`),
  ];
  const sources = ['native/server', 'native/transport'].flatMap((folder) => sourcesUnder(folder));
  const objects = await compileObjects(sources, { folder: 'sanitized-addon', compiler, flags });
  const linked = ['-shared', ...objects, '-Wl,--wrap=stderr', '-Wl,--exclude-libs,libnghttp2.a', '-l:libnghttp2.a'];
  await compileWith(compiler, [sanitizers, ...linked, '-o', sanitizedAddon]);
  return spawnSync(compiler, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();
}

/**
 * Runs a test program; leaks count too. Returns its exit status, the result of each case by name, and its output.
 * @param wanted a part of the names of the cases; all if absent.
 */
export function runProgram(path, wanted = '') {
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
  const { status, signal, stdout, stderr } = spawnSync(path, [wanted], { env, cwd: root, encoding: 'utf8' });
  const cases = [...stdout.matchAll(/^(ok|FAIL) +(\S+)$/gm)].map(([, result, name]) => ({
    name,
    isOk: result === 'ok',
  }));
  return { ended: signal ?? status, cases, said: `${stderr}${stdout}` };
}
