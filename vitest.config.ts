// How the tests run: their projects, one process per file, and the summary at the end.

import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './test/support/tally-reporter.ts';

/** The files of each project. Files that are in no other project are in `unit`: no Envoy, no Weir process. */
const projects = {
  native: ['test/native/**/*.test.ts'],
  sanitizers: ['test/sanitizers/**/*.test.ts'],
  house: ['test/{house,readme}.test.ts', 'test/house/**/*.test.ts', 'test/docs/**/*.test.ts'],
  conformance: [
    'test/conformance/**/*.test.ts',
    'test/rules/**/*.test.ts',
    'test/**/*conformance.test.ts',
    'test/matching/{crs-differential,detect-corpora}.test.ts',
    'test/pattern/regex-dialect.test.ts',
  ],
  oracle: ['test/oracle/**/*.test.ts'],
  property: ['test/property/**/*.test.ts', 'test/fuzz/**/*.test.ts', 'test/bench/**/*.test.ts'],
  e2e: ['test/{e2e,cli,demo,scripts,supervise}/**/*.test.ts'],
  // Parts that use real sockets, bodies at every cut, loads of the CRS, proofs of linear time: seconds for each file.
  integration: [
    'test/embed/*.test.ts',
    'test/{server/server,admin/admin-server,deploy/{chart,dockerfile,prometheus},ftw/front-target}.test.ts',
    'test/ext-proc/{empty-streams,framing-guard,grpc-server,native-transport,quiet-reset,h2spec,resets,service,socket-access,tls,transport}.test.ts',
    'test/body/{evasion,form,graphql,json,multipart/multipart,xml/xml}.test.ts',
    'test/body/coding/{content-coding,inflater}.test.ts',
    'test/check/{cost-corpus,rule-cost}.test.ts',
    'test/compile/{compile,empty-values,kept-plan,load-work,never-matching,rule-compiler}.test.ts',
    'test/{lint/every-kind,yaml/parse-yaml,transaction/further-readings,plan/plan-handle}.test.ts',
    'test/matching/{compile-pool,oracle}.test.ts',
    'test/server/{profile-source,rule-sets}.test.ts',
  ],
};

/** Time limit of a test or its set-up. */
const timeoutMs = 600_000;

// Node caches the compiled sources, as for everything that scripts/environment.mjs starts.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.cache', 'node');

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the two cores of the reference machine: end-to-end tests wait more than they compute.
    maxWorkers: 3,
    maxConcurrency: 2,
    setupFiles: ['test/setup.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    sequence: { hooks: 'list' },
    // The sources run as they do in production: Node imports them, strips their types and starts their threads.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    reporters: ['default', new TallyReporter()],
    // `npm run coverage`: how much of the sources unit and integration tests reach, without the processes that other tests start.
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['src/**/*.ts'],
      exclude: ['src/ext-proc/gen/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'build/coverage',
      // Today's values, rounded down to a tenth: less fails.
      thresholds: { statements: 92.9, branches: 89.6, functions: 92.2, lines: 93.9 },
    },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: Object.values(projects).flat() },
      },
      ...Object.entries(projects).map(([name, include]) => ({
        extends: true as const,
        // The sanitizer builds of the engine need all processors, and finish before anything is timed.
        test: { name, include, sequence: { groupOrder: name === 'native' ? 0 : 1 } },
      })),
    ],
  },
});
