// Fuzzes scans and transformations with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer, seeded and bounded in
// time. A crash leaves its input in build/native-fuzz and ends with status 1. Needs clang.
// Usage: node test/native/fuzz.mjs [seconds, default 60]

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const seconds = Number(process.argv[2] ?? 60);
if (!(seconds > 0)) throw new Error(`"${process.argv[2]}" is no number of seconds`);
const work = join(root, 'build/native-fuzz');
mkdirSync(join(work, 'corpus'), { recursive: true });

const compiler = ['clang++-14', 'clang++'].find((name) => spawnSync(name, ['--version']).status === 0);
if (compiler === undefined) throw new Error('fuzzing needs clang++ with its sanitizer runtime');
const engine = readdirSync(join(root, 'native/engine'), { recursive: true })
  .filter((name) => name.endsWith('.cc'))
  .map((name) => join('native/engine', name));
const program = join(work, 'fuzz');
console.log(`compiling ${engine.length + 1} files for fuzzing (a minute or two)`);
execFileSync(
  compiler,
  [
    ...[
      '-std=c++20',
      '-O1',
      '-g',
      '-fsanitize=fuzzer,address,undefined',
      '-fno-sanitize-recover=all',
      '-I/usr/include/hs',
    ],
    ...[...engine, 'test/native/fuzz_scan.cc', '-lhs', '-lre2', '-pthread', '-o', program],
  ],
  { cwd: root, stdio: 'inherit' },
);
const limits = ['-seed=1', `-max_total_time=${seconds}`, '-max_len=20000', '-print_final_stats=1'];
const outcome = spawnSync(program, [...limits, 'corpus'], { cwd: work, stdio: 'inherit' });
process.exitCode = outcome.status === 0 ? 0 : 1;
