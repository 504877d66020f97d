// Builds the engine with its C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer, and runs them. No Node
// header takes part. Objects are kept in build/native-test and rebuilt when a source or any header is newer.
// Usage: node test/native/run.mjs [part of a test's name]

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const objects = join(root, 'build/native-test');
const run = promisify(execFile);

function filesUnder(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function firstThatWorks(commands) {
  const found = commands.find((command) => command !== undefined && works(command));
  if (found === undefined) throw new Error(`no C++20 compiler found; tried ${commands.filter(Boolean).join(', ')}`);
  return found;
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const compiler = firstThatWorks([process.env.CXX, 'clang++-14', 'clang++', 'g++']);
const includes = execFileSync('sh', ['-c', 'pkg-config --cflags-only-I libhs 2>/dev/null || echo -I/usr/include/hs'])
  .toString()
  .trim()
  .split(/\s+/);
const flags = [
  ...['-std=c++20', '-O1', '-g', '-Wall', '-Wextra', '-Wpedantic', '-Werror'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'],
];

const headerMs = Math.max(
  ...['native/engine', 'test/native']
    .flatMap((folder) => filesUnder(folder, '.h'))
    .map((path) => modifiedMs(join(root, path))),
);
const sources = ['native/engine', 'test/native'].flatMap((folder) => filesUnder(folder, '.cc'));
const objectOf = (source) => join(objects, `${source.replaceAll('/', '-')}.o`);
const stale = sources.filter((source) => {
  const builtMs = modifiedMs(objectOf(source));
  return builtMs < headerMs || builtMs < modifiedMs(join(root, source));
});

async function compile(options) {
  try {
    await run(compiler, [...flags, ...options], { cwd: root });
  } catch (error) {
    console.error(error.stderr || error.message);
    process.exit(1);
  }
}

async function compileNext() {
  for (let source = stale.shift(); source !== undefined; source = stale.shift()) {
    await compile([...includes, '-c', source, '-o', objectOf(source)]);
  }
}

mkdirSync(objects, { recursive: true });
if (stale.length > 0) console.log(`compiling ${stale.length} files with ${compiler} (a minute or two at first)`);
await Promise.all(Array.from({ length: availableParallelism() }, compileNext));

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
  const program = join(objects, `tests-${index}`);
  await compile([...[...engine, ...members].map(objectOf), '-lhs', '-lre2', '-pthread', '-o', program]);
  const outcome = spawnSync(program, process.argv.slice(2), { stdio: 'inherit', env });
  if (outcome.status !== 0) process.exitCode = 1;
}
