// The command line as a process of its own: what it prints, how it exits.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GrpcPeer, requestHeaders } from '../support/ext-proc.ts';
import { Fifo } from '../support/fifo.ts';
import { until } from '../support/until.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'weir-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A running command line. */
class Run {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #firstLine = Promise.withResolvers<string>();
  out = '';
  err = '';

  constructor(...words: readonly string[]) {
    this.process = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (text: Buffer) => {
      this.out += text.toString();
      if (this.out.includes('\n')) this.#firstLine.resolve(this.out.split('\n')[0] ?? '');
    });
    this.process.stderr?.on('data', (text: Buffer) => {
      this.err += text.toString();
    });
    this.ended = new Promise((resolve) => this.process.once('close', (code) => resolve(code)));
  }

  /** Waits for the first line on standard output. */
  line(): Promise<string> {
    const ended = this.ended.then((): never => {
      throw new Error(`ended: ${this.err}`);
    });
    return Promise.race([this.#firstLine.promise, ended]);
  }
}

describe('a path that does not exist', () => {
  for (const words of [
    ['pack', 'lint'],
    ['pack', 'verify'],
    ['pack', 'inspect'],
    ['check', '--rules'],
  ]) {
    it(`is reported in one line by ${words.join(' ')}, which exits with 2`, async () => {
      const run = new Run(...words, join(folder, 'nowhere'));
      expect(await run.ended).toBe(2);
      expect(run.err).toMatch(/^weir[^\n]*\/nowhere"?: no such file or folder\n$/);
    });
  }
});

describe('weir serve', () => {
  it('reports in one line why an address cannot be opened', async () => {
    const rules = join(folder, 'one.conf');
    writeFileSync(rules, 'SecAction "id:1,phase:1,pass"\n');
    const run = new Run('serve', '--listen', `unix:${join(folder, 'nowhere', 'a.sock')}`, '--rules', rules);
    expect(await run.ended).toBe(2);
    const lines = run.err.trim().split('\n');
    expect(lines.at(-1)).toMatch(/^weir: cannot listen on \S+: there is no folder \S+\/nowhere \(E(?:ACCES|NOENT)\)$/);
    expect(lines.filter((line) => !line.startsWith('weir: '))).toStrictEqual([]);
  });

  it('reports in one line that it is ready, blocks, logs, and stops on SIGTERM', async () => {
    const socket = join(folder, 'a.sock');
    const audit = join(folder, 'audit.log');
    const run = new Run('serve', '--listen', `unix:${socket}`, '127.0.0.1:0', '--audit-log', audit);
    const line = await run.line();
    expect(line).toMatch(/^weir ready on unix:\S+\/a\.sock, 127\.0\.0\.1:\d+, \d+ rules, loaded in \d+ ms$/);
    for (const address of [`unix:${socket}`, /127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '']) {
      const peer = new GrpcPeer(address);
      const stream = peer.open();
      stream.send(
        requestHeaders({ ':path': '/?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20' }, true),
        'streamed',
      );
      const [answer] = await stream.answers(1);
      expect(answer?.response?.$case).toBe('immediateResponse');
      stream.call.end();
      await stream.status;
      peer.close();
    }
    run.process.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(existsSync(socket), 'the socket is gone').toBe(false);
    const { readFileSync } = await import('node:fs');
    const entries = readFileSync(audit, 'utf8').trim().split('\n');
    expect(entries.length).toBe(2);
    expect((JSON.parse(entries[0] ?? '') as { verdict: string }).verdict).toBe('block');
    expect(run.out.trim().split('\n').length, 'one line on standard output').toBe(1);
  });

  it('stops on SIGINT too, with exchanges under way', async () => {
    const socket = join(folder, 'b.sock');
    const run = new Run('serve', '--listen', `unix:${socket}`, '--limit', 'drainMsMax=200');
    await run.line();
    const peer = new GrpcPeer(`unix:${socket}`);
    const stream = peer.open();
    stream.send(requestHeaders({}, false), 'streamed-wait');
    await stream.answers(1);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect((await stream.status).code, 'a cut stream does not end with OK').not.toBe(0);
    peer.close();
  });

  it('blocks nothing with --detection-only', async () => {
    const socket = join(folder, 'c.sock');
    const run = new Run('serve', '--listen', `unix:${socket}`, '--detection-only');
    await run.line();
    const peer = new GrpcPeer(`unix:${socket}`);
    const stream = peer.open();
    stream.send(
      requestHeaders({ ':path': '/?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20' }, true),
      'streamed',
    );
    const [answer] = await stream.answers(1);
    expect(answer?.response?.$case).toBe('requestHeaders');
    const { weir } = (answer?.dynamicMetadata ?? {}) as { readonly weir: { readonly verdict: string } };
    expect(weir.verdict).toBe('detect');
    peer.close();
    run.process.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });
});

describe('weir serve --config', () => {
  it('serves as the file configures', async () => {
    writeFileSync(join(folder, 'one.conf'), 'SecRule ARGS "@rx evil" "id:1,phase:2,deny"\n');
    const config = join(folder, 'weir.yaml');
    writeFileSync(config, 'listen: [unix:d.sock]\nrules: [one.conf]\ncache: false\n');
    const run = new Run('serve', '--config', config);
    expect(await run.line()).toMatch(/^weir ready on unix:\S+\/d\.sock, 1 rules, /);
    run.process.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });
});

describe('exit codes', () => {
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(wrong, 'logLevel: loud\nlimit: {}\n');
  const broken = join(folder, 'broken.conf');
  writeFileSync(broken, 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRule\n');
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--help'], 0, /Usage: weir/],
    // Arguments and options of a command are in its own help.
    [['--help'], 0, /^ {2}check {2,}\S/m],
    [['serve', '--help'], 0, /--hold-window <bytes>/],
    [[], 2, /Usage: weir/],
    [['serve', '--nonsense'], 2, /unknown option/],
    [['serve', '--listen', 'nowhere'], 2, /not an address/],
    [['serve', '-c', wrong], 2, /^weir: \S+wrong\.yaml:1:11: .*\n\S+wrong\.yaml:2:1: .*limits\?$/m],
    [['serve', '--hold-window', '0'], 2, /positive whole number/],
    [['serve', '--limit', 'nothing=5'], 2, /NAME=NUMBER/],
    [['serve', '--on-failure', 'parse=maybe'], 2, /action for parse must be one of block/],
    [['serve', '--limit', 'fieldsMax=abc'], 2, /value of fieldsMax must be a positive whole number, not "abc"/],
    [['serve', '--hold-window', '99999999999'], 2, /receiveMessageBytesMax must exceed/],
    [['serve', '--listen', '127.0.0.1:0', '--rules', join(folder, 'missing')], 2, /missing/],
    [['serve', '--listen', '127.0.0.1:0', '--rules', broken], 1, /broken\.conf:2/],
  ];
  for (const [words, code, message] of cases) {
    it(`are ${code} for: weir ${words.map((word) => word.replace(`${folder}/`, '')).join(' ')}`, async () => {
      const run = new Run(...words);
      expect(await run.ended, run.out + run.err).toBe(code);
      expect(run.out + run.err).toMatch(message);
    });
  }
});

describe('a command that prints much', () => {
  const rules = join(folder, 'much.conf');
  const rule = (id: number): string => `SecRule ARGS "@rx a${'x'.repeat(60)}${id}" "id:${id},phase:2,deny"`;
  writeFileSync(rules, Array.from({ length: 3_000 }, (_, index) => rule(index + 1)).join('\n'));
  const words = [main, 'check', '--no-cache', '--patterns', '--rules', rules];

  it('prints all of it to a reader that stalls', async () => {
    const fifo = new Fifo(join(folder, 'stdout'));
    fifo.openReader();
    const stdout = openSync(fifo.path, 'w');
    const child = spawn(process.execPath, words, { stdio: ['ignore', stdout, 'inherit'] });
    closeSync(stdout);
    let hasEnded = false;
    const ended = new Promise((resolve) => child.once('exit', resolve)).then(() => {
      hasEnded = true;
    });
    await until('the pipe is full', () => hasEnded || fifo.isFull);
    let text = '';
    await until('all is there', () => {
      text += fifo.read();
      return hasEnded;
    });
    await ended;
    text += fifo.read();
    fifo.closeReader();
    expect(text).toMatch(/fine: 3000 rules run/);
    expect(text.split('\n').filter((line) => line.includes('@rx')).length).toBe(3_000);
  });

  it('ends silently when its reader is gone', async () => {
    const cut = spawn('sh', ['-c', '"$@" | head -n 1', 'sh', process.execPath, ...words]);
    let complaints = '';
    for await (const part of cut.stderr.setEncoding('utf8')) complaints += part as string;
    expect(complaints).toBe('');
  });
});
