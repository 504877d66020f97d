// The set-up as a new user sees it: silent when nothing is to be done, and with a cure in every failure.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Outcome {
  readonly status: number | null;
  readonly text: string;
}

function node(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Outcome {
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status: run.status, text: run.stdout + run.stderr };
}

/** Runs some lines of JavaScript against a module of the set-up. */
function inSetUp(file: string, lines: string, environment: Readonly<Record<string, string>> = {}): Outcome {
  const module = JSON.stringify(join(root, 'scripts', 'setup', file));
  return node(['--input-type=module', '--eval', `const setUp = await import(${module});\n${lines}`], environment);
}

describe('the set-up', () => {
  it('prints only that it is ready when nothing is to be done: everything else has a line', () => {
    const { status, text } = node(['scripts/setup.mjs']);
    expect(status, text).toBe(0);
    // Another test may be in the set-up at the same time.
    expect(text).toMatch(/^(?:\[set-up\] another set-up .*\n)?\[set-up\] ready: Node v\d+.*\n$/);
  });

  it('lists the tasks for an unknown one', () => {
    const { status, text } = node(['scripts/run.mjs', 'dance']);
    expect(status).toBe(2);
    expect(text).toMatch(/unknown task "dance"; there are: .*demo, .*test/);
  });

  it('passes a status on', () => {
    const { status, text } = node(['scripts/run.mjs', 'demo', '--mode', 'none-such']);
    expect(status).toBe(1);
    expect(text).toMatch(/--mode none-such is not one of/);
  });
});

describe('ensureToolchain', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-path-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const report = `await setUp.ensureToolchain().catch((error) => console.log(error.name, error.message, error.cure));`;

  it('prints the exact command to those who are not root', () => {
    writeFileSync(join(folder, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 });
    const { text } = inSetUp('toolchain.mjs', `process.getuid = () => 1000;\n${report}`, { PATH: folder });
    expect(text).toMatch(/^SetupError missing: g\+\+, make, python3, pkg-config/);
    expect(text).toMatch(/\nsudo sh -c 'apt-get update && apt-get install -y g\+\+ make python3 pkg-config/);
    rmSync(join(folder, 'apt-get'));
  });

  it('reports what is missing if there is no apt-get', () => {
    const { text } = inSetUp('toolchain.mjs', report, { PATH: folder });
    expect(text).toMatch(/^SetupError missing: g\+\+.*This system has no apt-get/s);
  });
});

describe('ensureFuzzCompiler', () => {
  it('prints the exact command to those who are not root', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-path-'));
    writeFileSync(join(folder, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 });
    const lines = `process.getuid = () => 1000;
      await setUp.ensureFuzzCompiler().catch((error) => console.log(error.name, error.message, error.cure));`;
    const { text } = inSetUp('fuzz-compiler.mjs', lines, { PATH: folder });
    expect(text).toMatch(/^SetupError missing: clang-14, libclang-rt-14-dev \(to fuzz the native code\)/);
    expect(text).toMatch(/\nsudo sh -c 'apt-get update && apt-get install -y clang-14 libclang-rt-14-dev'/);
    rmSync(folder, { recursive: true });
  });
});

describe('ensureEnvoy', () => {
  const report = `await setUp.ensureEnvoy().then((path) => console.log('path', path), (error) => console.log(error.message));`;

  it('rejects a program that is not an Envoy of a matching release', () => {
    const { text } = inSetUp('envoy.mjs', report, { WEIR_ENVOY: '/bin/true' });
    expect(text).toMatch(
      /WEIR_ENVOY names \/bin\/true, which does not start as an Envoy; Weir is tested with 1\.40\.x/,
    );
    expect(inSetUp('envoy.mjs', report, { WEIR_ENVOY: '/nowhere' }).text).toMatch(/WEIR_ENVOY names \/nowhere/);
  });

  it('uses the one that is named', () => {
    const path = process.env.WEIR_ENVOY ?? join(root, '.cache', 'envoy', '1.40.0', 'envoy');
    expect(inSetUp('envoy.mjs', report, { WEIR_ENVOY: path }).text).toMatch(new RegExp(`path ${path}\n`));
  });
});

describe('packagesProblem', () => {
  it('finds that the installed packages are those of the lock file', () => {
    expect(inSetUp('packages.mjs', 'console.log(setUp.packagesProblem());').text).toBe('undefined\n');
  });

  it('does not miss dependencies of packages for other systems', () => {
    const lines = `console.log([...setUp.missable({
      '': { dependencies: { tool: '1' } },
      'node_modules/tool': { optionalDependencies: { 'tool-here': '1', 'tool-elsewhere': '1' } },
      'node_modules/tool-here': { optional: true, dependencies: { shared: '1' } },
      'node_modules/tool-elsewhere': { optional: true, cpu: ['none'], dependencies: { shared: '1', apart: '1' } },
      'node_modules/apart': { optional: true, dependencies: { deep: '1' } },
      'node_modules/deep': { optional: true },
      'node_modules/shared': { optional: true },
    })].map((path) => path.slice(13)).join());`;
    expect(inSetUp('packages.mjs', lines).text).toBe('tool-elsewhere,apart,deep\n');
  });
});

describe('buildEnvironment', () => {
  it("overrides the user's npm configuration, whatever its case", () => {
    const lines = `const environment = setUp.buildEnvironment({ path: '/n/bin/node', headers: '/n' });
      console.log(Object.entries(environment).filter(([name]) => /nodedir/i.test(name)).join());`;
    const given = {
      npm_config_nodedir: '/usr',
      NPM_CONFIG_NODEDIR: '/usr',
      npm_package_config_node_gyp_nodedir: '/usr',
    };
    expect(inSetUp('native-build.mjs', lines, given).text).toBe('npm_config_nodedir,/n\n');
  });
});
