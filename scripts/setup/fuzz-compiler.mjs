// The compiler for fuzzing: clang with its sanitizers and libFuzzer. Only `npm run fuzz` needs it.

import { canStart, outputOf } from './command.mjs';
import { SetupError } from './say.mjs';
import { installDebianPackages } from './toolchain.mjs';

/** Names of clang, that of Debian 12 first. */
const names = ['clang++-14', 'clang++', 'clang++-18', 'clang++-16'];

const program = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }';

/** A clang that can link a fuzzer: the runtime is a package of its own. */
function findCompiler() {
  const args = ['-fsanitize=fuzzer,address,undefined', '-x', 'c++', '-', '-o', '/dev/null'];
  const options = { input: program, stdio: 'pipe' };
  return names.find((name) => canStart(name) && outputOf(name, args, options) !== undefined);
}

/**
 * Makes sure that there is a clang with libFuzzer.
 * @returns its name.
 * @throws SetupError with the exact command if it may not be installed.
 */
export async function ensureFuzzCompiler() {
  const present = findCompiler();
  if (present !== undefined) return present;
  await installDebianPackages(() => ['clang-14', 'libclang-rt-14-dev'], 'to fuzz the native code');
  const installed = findCompiler();
  if (installed !== undefined) return installed;
  throw new SetupError('still no clang with libFuzzer after the installation', 'See .cache/log/apt-install.log.');
}
