// Builds the engine with its C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer, and runs them.
// Usage: node test/native/run.mjs [part of a test's name]

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

// The cases of the harness are one program; a test with a main of its own is another.
const tests = sources.filter((source) => source.startsWith('test/'));
const alone = tests.filter(
  (source) => !source.endsWith('/main.cc') && /^int main\(/m.test(readFileSync(join(root, source), 'utf8')),
);
const engine = sources.filter((source) => !source.startsWith('test/'));
const programs = [tests.filter((source) => !alone.includes(source)), ...alone.map((source) => [source])];

// Leaks count too.
const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
for (const [index, members] of programs.entries()) {
  const program = join(root, 'build', folder, `tests-${index}`);
  await compileWith(compiler, [sanitizers, ...[...engine, ...members].map(objectOf), ...libraries, '-o', program]);
  const outcome = spawnSync(program, process.argv.slice(2), { stdio: 'inherit', env, cwd: root });
  if (outcome.status !== 0) process.exitCode = 1;
}
