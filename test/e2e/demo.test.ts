// `npm run demo` as its user sees it: every step passes in every mode, and however it ends, nothing stays behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayCommand } from '../../src/cli/replay.ts';
import type { ReplayReport } from '../../src/replay/replay.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { until } from '../support/until.ts';

interface State {
  readonly ports: { readonly front: number };
  readonly pids: Readonly<Record<'demo' | 'upstream' | 'weir' | 'envoy', number>>;
}

/** A running demo, with a folder of its own in place of the system's temporary folder. */
class Demo {
  readonly process: ChildProcess;
  readonly folder: string = mkdtempSync(join(tmpdir(), 'demo-test-'));
  readonly statePath: string = join(this.folder, 'state.json');
  readonly #temporary: string = mkdtempSync(join(this.folder, 'tmp-'));
  /** It has ended and its output is complete. */
  readonly #closed: Promise<void>;
  output = '';

  constructor(args: readonly string[]) {
    this.process = spawn(
      process.execPath,
      [join(import.meta.dirname, '..', '..', 'demo', 'main.ts'), ...args, '--state', this.statePath],
      {
        env: { ...process.env, TMPDIR: this.#temporary },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#closed = new Promise((resolve) => this.process.once('close', () => resolve()));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /** Waits for a text in its output. */
  printed(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.output.includes(words)) resolve();
      };
      for (const stream of [this.process.stdout, this.process.stderr]) stream?.on('data', look);
      void this.#closed.then(() => reject(new Error(`it ended without "${words}"\n${this.output}`)));
      look();
    });
  }

  state(): State {
    return JSON.parse(readFileSync(this.statePath, 'utf8')) as State;
  }

  /** Waits for its end and returns its status. */
  ended(): Promise<number | null> {
    return new Promise((resolve) => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) resolve(this.process.exitCode);
      else this.process.once('exit', (code) => resolve(code));
    });
  }

  /** Fails if one of its processes or files is left. */
  async assertGone(pids: readonly number[]): Promise<void> {
    await until(`none of ${pids.join()} is left of the demo that said\n${this.output}`, () => !pids.some(isAlive));
    expect(readdirSync(this.#temporary), 'files or sockets are left').toStrictEqual([]);
    rmSync(this.folder, { recursive: true });
  }
}

/** Whether a process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

describe('npm run demo', () => {
  for (const mode of ['buffered', 'full-duplex']) {
    it(`passes every step, bodies ${mode}, and leaves nothing behind`, async () => {
      const demo = new Demo(['--port', '0', '--mode', mode, '--exit']);
      const status = await demo.ended();
      const lastLine = demo.output.trimEnd().split('\n').at(-1) ?? '';
      expect(lastLine, demo.output).toMatch(/^\d+ passed, 0 failed$/);
      expect(status).toBe(0);
      await demo.assertGone(Object.values(demo.state().pids));
    });
  }

  it('passes every step, bodies streamed, and weir replay lists what one changed rule changes in its log', async (test) => {
    const folder = ruleFolder(test, {});
    const [log, changed] = [join(folder, 'audit.log'), join(folder, 'starter')];
    const starter = join(import.meta.dirname, '..', '..', 'rules', 'starter');
    const demo = new Demo(['--port', '0', '--exit', '--audit-log', log]);
    expect(await demo.ended(), demo.output).toBe(0);
    expect(demo.output).toMatch(/^\d+ passed, 0 failed$/m);
    await demo.assertGone(Object.values(demo.state().pids));
    cpSync(starter, changed, { recursive: true });
    const file = join(changed, 'sql-injection.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replace(String.raw`(?i)\bunion(`, String.raw`(?i)\bunion all(`));
    let out = '';
    const print = (text: string): void => {
      out += text;
    };
    const words = [log, '--old', starter, '--new', changed, '--output', 'json'];
    expect(await replayCommand(words, { print, warn: () => undefined })).toBe(1);
    const report = JSON.parse(out) as ReplayReport;
    expect(
      report.verdicts.map(({ method, target, before, after }) => ({ method, target, before, after })),
    ).toStrictEqual([
      {
        method: 'GET',
        target: expect.stringMatching(/^\/products\?id=1'%20UNION%20SELECT/) as string,
        before: { verdict: 'block', ruleIds: [1001010, 1900010] },
        after: { verdict: 'allow', ruleIds: [] },
      },
    ]);
    // The log keeps no byte of the bodies that the scenario sends, and the report says so.
    expect(report.partial).toBeGreaterThan(0);
    expect(report.total).toBeGreaterThan(report.verdicts.length);
  });

  it('stays up until Ctrl-C, then ends well', async () => {
    const demo = new Demo(['--port', '0']);
    await demo.printed('Ctrl-C');
    const { pids, ports } = demo.state();
    const front = `http://127.0.0.1:${ports.front}`;
    expect((await fetch(`${front}/hello?name=Ada`)).status).toBe(200);
    expect(
      (await fetch(`${front}/hello?name=${encodeURIComponent("1' UNION SELECT password FROM users-- ")}`)).status,
    ).toBe(403);
    demo.process.kill('SIGINT');
    expect(await demo.ended()).toBe(0);
    await demo.assertGone(Object.values(pids));
  });

  for (const name of ['weir', 'envoy', 'upstream'] as const) {
    it(`ends, with a sentence, when the process "${name}" is killed`, async () => {
      const demo = new Demo(['--port', '0']);
      await demo.printed('benign GET');
      const { pids } = demo.state();
      process.kill(pids[name], 'SIGKILL');
      expect(await demo.ended()).toBe(1);
      expect(demo.output).toMatch(/ended with SIGKILL/);
      await demo.assertGone(Object.values(pids));
    });
  }

  it('reports which port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const demo = new Demo(['--port', String(port)]);
    expect(await demo.ended()).toBe(1);
    expect(demo.output).toMatch(new RegExp(`port ${port} of 127.0.0.1 is taken; choose another`));
    server.close();
    await demo.assertGone([]);
  });
});
