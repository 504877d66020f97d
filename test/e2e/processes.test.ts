// Several processes behind one Envoy: both inspect, a reload loses nothing, and the death of one does not affect the other.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child, waitFor } from '../../demo/stack/child.ts';
import { send } from '../../demo/stack/client.ts';
import { Envoy } from '../../demo/stack/envoy.ts';
import { Upstream } from '../../demo/stack/upstream.ts';
import { heapArguments } from '../../src/cli/heap.ts';
import { until } from '../support/until.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const attack = `/?q=${encodeURIComponent("1' union select password from users-- -")}`;

describe('several processes behind one Envoy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-several-'));
  const lines: string[] = [];
  let weir: Child;
  let upstream: Upstream;
  let envoy: Envoy;
  beforeAll(async () => {
    weir = new Child({
      name: 'Weir',
      program: process.execPath,
      args: [...heapArguments, main, 'serve', '--processes', '2', '--listen', `unix:${join(folder, 'weir.sock')}`],
      onLine: (line) => lines.push(line),
    });
    await waitFor(weir, 'its ready line', 120_000, () =>
      Promise.resolve(lines.find((line) => line.startsWith('weir ready'))),
    );
    upstream = await Upstream.start();
    const sockets = [0, 1].map((index) => ({ socket: join(folder, `weir-${index}.sock`) }));
    envoy = await Envoy.start({ weir: sockets, upstream: { port: upstream.http1Port }, requestMode: 'streamed' });
  });
  afterAll(async () => {
    await envoy.stop();
    await upstream.stop();
    await weir.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Statuses of `pairs` pairs of a harmless request and an attack, all at once. */
  const statuses = async (pairs: number): Promise<readonly number[]> => {
    const answers = await Promise.all(
      Array.from({ length: 2 * pairs }, (_, index) =>
        send({ path: index % 2 === 0 ? '/' : attack }, { port: envoy.frontPort }),
      ),
    );
    return [...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b);
  };
  const logged = (text: string): number => lines.filter((line) => line.includes(text)).length;

  it('inspects in both', async () => {
    expect(await statuses(40)).toStrictEqual([200, 403]);
  });

  it('reloads one after the other while requests arrive, and loses none', async () => {
    weir.signal('SIGHUP');
    const seen: number[] = [];
    await until('both have reloaded', async () => {
      seen.push(...(await statuses(10)));
      return logged('reloaded: ') === 2;
    });
    expect([...new Set(seen)].sort((a, b) => a - b)).toStrictEqual([200, 403]);
  });
});
