// The package as it is installed: compiled JavaScript, the built addon and the rules, without sources or set-up.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const { files, bin, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  files: readonly string[];
  bin: { weir: string };
  exports: { '.': { types: string; default: string } };
};

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-package-'));
  beforeAll(() => {
    const compiler = join(root, 'node_modules', '.bin', 'tsc');
    const build = spawnSync(
      compiler,
      ['--project', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')],
      {
        encoding: 'utf8',
      },
    );
    expect(build.status, build.stdout).toBe(0);
    for (const name of ['package.json', ...files.filter((file) => file !== 'dist')]) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
    cpSync(join(root, 'build', 'Release', 'weir_native.node'), join(folder, 'build', 'Release', 'weir_native.node'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('serves the starter pack and stops on SIGTERM', async () => {
    const socket = join(folder, 'weir.sock');
    const weir = spawn(process.execPath, [join(folder, bin.weir), 'serve', '--listen', `unix:${socket}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const text of weir.stdout.setEncoding('utf8')) {
      output += text as string;
      if (output.startsWith('weir ready on unix:')) weir.kill('SIGTERM');
    }
    expect(output).toMatch(/^weir ready on unix:.*, \d+ rules, loaded in \d+ ms\n$/);
    expect(weir.exitCode ?? (await new Promise((resolve) => weir.once('exit', resolve)))).toBe(0);
    expect(existsSync(socket), 'the socket is gone').toBe(false);
  });

  it('has the library that it exports', async () => {
    for (const path of Object.values(exports['.'])) expect(existsSync(join(folder, path)), path).toBe(true);
    const library = (await import(join(folder, exports['.'].default))) as Readonly<Record<string, unknown>>;
    expect(Object.keys(library).length).toBeGreaterThan(0);
  });
});
