// Builds the engine with its fuzz targets for libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer, and runs one of
// them. Needs clang. Use `npm run fuzz` (test/fuzz/native-session.ts).
// Usage: node test/native/fuzz.mjs [TARGET …arguments of libFuzzer]; without any, it only builds.

import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFuzzCompiler } from '../../scripts/setup/fuzz-compiler.mjs';
import { sayFailure } from '../../scripts/setup/say.mjs';
import { compileObjects, compileWith, libraries, nativeSources, root } from './compile.mjs';

async function build() {
  const compiler = await ensureFuzzCompiler();
  const sources = nativeSources().filter((source) => !/^test\/native\/(?:main|.*_test)\.cc$/.test(source));
  const folder = 'native-fuzz';
  const flags = ['-fsanitize=fuzzer,address,undefined'];
  const objects = await compileObjects(sources, { folder, compiler, flags });
  const program = join(root, 'build', folder, 'fuzz');
  const linkedMs = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (objects.every((object) => statSync(object).mtimeMs < linkedMs)) return program;
  await compileWith(compiler, [...flags, ...objects, ...libraries, '-o', program]);
  return program;
}

async function main([target, ...given]) {
  const program = await build();
  if (target === undefined) return 0;
  const env = { ...process.env, WEIR_FUZZ_TARGET: target, UBSAN_OPTIONS: 'print_stacktrace=1' };
  const child = spawn(program, given, { stdio: 'inherit', env, cwd: root });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  sayFailure(error);
  process.exitCode = 1;
}
