// How many requests a round of the end-to-end bench sends, and which of them count: against a server that counts them.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { measureRound, type Pace, paceFor, type Timing, timedRequestsOf, warmUp } from '../../../bench/e2e/measure.ts';
import { readOptions } from '../../../bench/e2e/options.ts';
import { largeBytes, workloadsOf } from '../../../bench/e2e/workloads.ts';

let server: Server;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    request.resume().on('end', () => response.end('yes'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  requests = 0;
});

const [get] = workloadsOf(largeBytes.quick);

function timingWith(pace: Pace): Timing {
  expect.assert(get);
  const { port } = server.address() as AddressInfo;
  const system = { port, filterPid: undefined, envoyPid: undefined, version: '', idsOf: () => new Set<number>() };
  return {
    system: { ...system, stop: () => Promise.resolve() },
    requests: timedRequestsOf(get, pace),
    connections: 2,
    pace,
  };
}

describe('a quick round', () => {
  const quick = readOptions(['--quick']);
  expect.assert(typeof quick !== 'string');
  const { pace, checkedBytes } = quick.plan;

  it('sends one request on each connection, one alone, one at half the rate, if a system is slow', async () => {
    // A part without length imitates a system that cannot finish a request in it.
    const timing = timingWith({ ...pace, seconds: 1e-9 });
    expect(await warmUp(timing)).toBe(0);
    expect(requests).toBe(0);
    const round = await measureRound(timing, 0);
    expect(requests).toBe(2 + 1 + 1);
    expect(round.errors).toBe(0);
  });

  it('makes few bodies, and checks one exchange of the large ones', () => {
    const large = quick.plan.workloads.filter(({ bytes }) => bytes > checkedBytes);
    expect(large.map(({ name }) => name)).toStrictEqual(['json-87k', 'multipart', 'upload', 'download']);
    for (const workload of quick.plan.workloads) expect(timedRequestsOf(workload, pace).length).toBeLessThanOrEqual(4);
  });
});

describe('paceFor', () => {
  it('lets a part be one request of 64 MiB, and no fewer than others have of what is smaller', () => {
    const full = readOptions([]);
    expect.assert(typeof full !== 'string');
    const { pace, workloads } = full.plan;
    const few = workloads.filter((workload) => paceFor(workload, pace).requestsMin === 1);
    expect(few.map(({ name }) => name)).toStrictEqual(['upload', 'download']);
    expect(pace.requestsMin).toBe(5);
    expect(few.map((workload) => timedRequestsOf(workload, { variantsMax: 1 }).length)).toStrictEqual([1, 1]);
  });
});

describe('a round', () => {
  it('measures how long a request takes alone if many fit into its time', async () => {
    const timing = timingWith({ seconds: 0.2, requestsMin: 3, connectionsMax: 2, warmHalvesMax: 1, variantsMax: 32 });
    expect(timing.requests).toHaveLength(32);
    const round = await measureRound(timing, 150);
    // 30 at saturation, 3 to estimate, no fewer than 3 alone and 3 at half of the rate.
    expect(requests).toBeGreaterThanOrEqual(30 + 3 + 3 + 3);
    expect([round.errors, round.filterUs, round.peakMiB]).toStrictEqual([0, Number.NaN, Number.NaN]);
  });
});
