// Builds the engine and the transport with their C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileObjects, compileWith, libraries, nativeSources, root } from './compile.mjs';

function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function firstThatWorks(commands) {
  const found = commands.find((command) => command !== undefined && works(command));
  if (found === undefined) throw new Error(`no C++20 compiler found; tried ${commands.filter(Boolean).join(', ')}`);
  return found;
}

/**
 * Builds the test programs: the cases of the harness are one, a test with a main of its own is another.
 * @returns each program's path and sources.
 */
export async function buildPrograms() {
  const compiler = firstThatWorks([process.env.CXX, 'clang++-14', 'clang++', 'g++']);
  const folder = 'native-test';
  const sanitizers = '-fsanitize=address,undefined';
  const sources = nativeSources();
  const objects = await compileObjects(sources, {
    folder,
    compiler,
    flags: [sanitizers, '-Wall', '-Wextra', '-Wpedantic', '-Werror'],
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

/** Runs a test program; leaks count too. Returns its exit status, the result of each case by name, and all that it said. */
export function runProgram(path) {
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
  const { status, signal, stdout, stderr } = spawnSync(path, { env, cwd: root, encoding: 'utf8' });
  const cases = [...stdout.matchAll(/^(ok|FAIL) +(\S+)$/gm)].map(([, result, name]) => ({
    name,
    isOk: result === 'ok',
  }));
  return { ended: signal ?? status, cases, said: `${stderr}${stdout}` };
}
