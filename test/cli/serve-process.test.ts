// `weir serve` as a process whose logs are not read, and which gets signals.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { heapArguments } from '../../src/cli/heap.ts';
import { chunkOf, GrpcPeer, requestHeaders } from '../support/ext-proc.ts';
import { Fifo } from '../support/fifo.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-serve-process-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
writeFileSync(rules, 'SecRuleEngine On\nSecRule REQUEST_BODY "@contains attack" "id:1,phase:2,deny,status:403,log"\n');

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** A server as a process: its address, once it is ready. `stderr` is a file descriptor. */
async function serve(stderr: number | 'ignore', args: readonly string[] = []) {
  const words = ['serve', '--listen', '127.0.0.1:0', '--rules', rules, '--no-cache', ...args];
  const child = spawn(process.execPath, [...heapArguments, main, ...words], { stdio: ['ignore', 'pipe', stderr] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [, address] = /^weir ready on (\S+),/.exec(line) ?? [];
    if (address !== undefined) return { child, address, ended: once(child, 'exit') };
  }
  throw new Error(`it ended with ${child.exitCode}`);
}

/** Sends `count` exchanges that are blocked, one after the other. */
async function block(address: string, count: number): Promise<void> {
  const peer = new GrpcPeer(address);
  for (let index = 0; index < count; index += 1) {
    const stream = peer.open();
    stream.send(requestHeaders({ 'x-padding': 'x'.repeat(1_000) }), 'streamed');
    stream.send(chunkOf('request', `${'an attack '.repeat(500)}`, true));
    const [answer] = await stream.answers(1);
    expect(answer?.response?.$case).toBe('immediateResponse');
    stream.call.cancel();
  }
  peer.close();
}

async function endsWell({ child, ended }: { child: ChildProcess; ended: Promise<unknown[]> }): Promise<void> {
  child.kill('SIGTERM');
  expect(await ended).toStrictEqual([0, null]);
}

describe('weir serve', () => {
  it('serves and stops although its standard error is not read', async () => {
    const fifo = new Fifo(join(folder, 'stderr'));
    fifo.openReader();
    const stderr = openSync(fifo.path, 'w');
    const server = await serve(stderr, ['--limit', 'unwrittenLogBytesMax=100000']);
    closeSync(stderr);
    await block(server.address, 400);
    const [first] = fifo.read().split('\n', 1);
    expect((JSON.parse(first ?? '') as { service: string }).service).toBe('weir');
    let text = '';
    await until('the gap is told', () => {
      text += fifo.read();
      return /"event":"lost","lines":\d+/.test(text);
    });
    await block(server.address, 200);
    await endsWell(server);
  });

  it('starts, serves and stops with an unread FIFO as audit log', async () => {
    const fifo = new Fifo(join(folder, 'audit-fifo'));
    const server = await serve('ignore', ['--audit-log', fifo.path]);
    await block(server.address, 3);
    fifo.openReader();
    let text = '';
    await until('the lines that waited come', () => {
      text += fifo.read();
      return text.split('\n').length === 4;
    });
    fifo.closeReader();
    await block(server.address, 3);
    await endsWell(server);
  });

  it('stops at once on a signal while rules still compile', async () => {
    const many = join(folder, 'many.conf');
    const rule = (id: number): string => `SecRule ARGS "@rx a${id}[^b]{9,99}c(?:d${id}|e.*f)" "id:${id},phase:2,deny"`;
    writeFileSync(many, Array.from({ length: 2_500 }, (_, index) => rule(index + 1)).join('\n'));
    const words = ['serve', '--listen', '127.0.0.1:0', '--no-cache', '--rules', many];
    const child = spawn(process.execPath, [...heapArguments, main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.includes('compiling patterns')) child.kill('SIGTERM');
    }
    expect([child.exitCode ?? (await once(child, 'exit'))[0], output]).toStrictEqual([0, '']);
  });

  for (const signal of ['SIGHUP', 'SIGUSR1'] as const) {
    it(`continues in a new file after ${signal}, and after the file was moved`, async () => {
      const path = join(folder, `${signal}.log`);
      const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;
      const server = await serve('ignore', ['--audit-log', path]);
      await block(server.address, 1);
      await until('the line is there', () => linesOf(path) === 1);
      renameSync(path, `${path}.1`);
      server.child.kill(signal);
      await until('there is a new file', () => {
        try {
          return linesOf(path) === 0;
        } catch {
          return false;
        }
      });
      await block(server.address, 1);
      await until('the next line is in the new file', () => linesOf(path) === 1);
      renameSync(path, `${path}.2`);
      await block(server.address, 1);
      await endsWell(server);
      expect([linesOf(`${path}.1`), linesOf(`${path}.2`), linesOf(path)]).toStrictEqual([1, 1, 1]);
    });
  }
});
