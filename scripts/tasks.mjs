// What each command needs and does. A step is a program of Node or of node_modules/.bin with its arguments; the caller's own arguments go
// to the steps that take them.

const lint = { name: 'lint', program: 'biome', args: ['check', '--error-on-warnings', '--max-diagnostics=50'] };
const typecheck = { name: 'types', program: 'tsc', args: ['--noEmit', '--project', '.'] };
const tests = { name: 'tests', program: 'vitest', args: ['run', '--project', '!sanitizers'], takesArguments: true };

/** Compiles the code into `dist`. */
const build = [
  // Files that were deleted from the sources must not stay in the package.
  { name: 'clean', program: 'node', args: ['-e', 'fs.rmSync("dist", { recursive: true, force: true })'] },
  { name: 'types', program: 'tsc', args: ['--project', 'tsconfig.build.json'] },
  { name: 'build', program: 'node', args: ['scripts/bundle.mjs'] },
  { name: 'commit', program: 'node', args: ['scripts/write-commit.mjs'] },
];

/** Every task by name: the level of set-up it needs, and its steps. */
export const tasks = {
  setup: { needs: 'peers', steps: [] },
  // What building an image or a package needs, without what only tests need.
  'setup:native': { needs: 'native', steps: [] },
  demo: { needs: 'envoy', steps: [{ name: 'demo', program: 'node', args: ['demo/main.ts'], takesArguments: true }] },
  // Lint, types and the C++ tests are tests too, so that there is one run with one summary. `npm test -- FILE` runs that file.
  test: { needs: 'peers', steps: [tests] },
  'test:native': { needs: 'toolchain', steps: [{ ...tests, args: ['run', '--project', 'native'] }] },
  // Builds that take minutes, only needed after changes of native code.
  'test:sanitizers': { needs: 'toolchain', steps: [{ ...tests, args: ['run', '--project', 'sanitizers'] }] },
  coverage: {
    needs: 'native',
    steps: [{ ...tests, args: ['run', '--project', 'unit', '--project', 'integration', '--coverage'] }],
  },
  // Clang is installed when native targets are built: test/native/fuzz.mjs.
  fuzz: {
    needs: 'native',
    steps: [{ name: 'fuzz', program: 'node', args: ['test/fuzz/main.ts'], takesArguments: true }],
  },
  lint: { needs: 'packages', steps: [{ ...lint, takesArguments: true }, typecheck] },
  format: {
    needs: 'packages',
    steps: [{ name: 'format', program: 'biome', args: ['check', '--write'], takesArguments: true }],
  },
  generate: {
    // The tables of docs/seclang.md read the list of transformations from the native addon.
    needs: 'toolchain',
    steps: [
      { name: 'protocol', program: 'node', args: ['scripts/generate.ts'] },
      { name: 'table of metrics', program: 'node', args: ['scripts/metric-table.ts'] },
      { name: 'tables of limits', program: 'node', args: ['scripts/limit-tables.ts'] },
      { name: 'table of commands', program: 'node', args: ['scripts/command-table.ts'] },
      { name: 'tables of traps', program: 'node', args: ['scripts/trap-table.ts'] },
      { name: 'table of failures', program: 'node', args: ['scripts/failure-table.ts'] },
      { name: 'configuration page', program: 'node', args: ['scripts/configuration-page.ts'] },
      { name: 'SecLang tables', program: 'node', args: ['scripts/seclang-tables.ts'] },
    ],
  },
  build: { needs: 'packages', steps: build },
  'pack:platform': {
    needs: 'native',
    steps: [...build, { name: 'packages', program: 'node', args: ['scripts/pack.mjs'], takesArguments: true }],
  },
  chaos: {
    needs: 'envoy',
    steps: [{ name: 'chaos', program: 'node', args: ['bench/chaos/main.ts'], takesArguments: true }],
  },
  soak: {
    needs: 'envoy',
    steps: [{ name: 'soak', program: 'node', args: ['bench/chaos/soak-main.ts'], takesArguments: true }],
  },
  bench: { needs: 'envoy', steps: [{ name: 'bench', program: 'node', args: ['bench/main.ts'], takesArguments: true }] },
};
