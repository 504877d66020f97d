// The end-to-end bench with what every machine has: Envoy, Weir, and the servers on Node. Everything is checked as in a real run, a
// little is timed, and no time is asserted.

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driveClosed, driveOpen } from '../../../bench/e2e/drive.ts';
import { sumOf } from '../../../bench/e2e/measure.ts';
import { readOptions } from '../../../bench/e2e/options.ts';
import { probeRuleIds } from '../../../bench/e2e/rule-log.ts';
import { runPlan } from '../../../bench/e2e/run.ts';
import type { RunningSystem, System } from '../../../bench/e2e/system.ts';
import { verify } from '../../../bench/e2e/verify.ts';
import { probeHeader } from '../../../bench/e2e/workload.ts';
import { largeBytes, workloadsOf } from '../../../bench/e2e/workloads.ts';
import { crsFolder, crsMissing } from '../../support/crs-folder.ts';

const crs = crsMissing === false ? 'weir-crs-native' : '';
const systems = ['envoy', 'empty-grpc-js', 'empty-native-tls', 'weir-starter-grpc-js', crs, 'coraza-module'];

/** Bytes of the largest bodies here. */
const large = 2 ** 19;

describe('runPlan', () => {
  it('finds Weir correct on the workloads, and times it with the others', async () => {
    const flags = (flag: string, values: readonly string[]): string[] =>
      values.filter(Boolean).flatMap((value) => [flag, value]);
    const options = readOptions([
      ...['--quick', '--seconds', '0.05', '--service-on-node', '--crs', crsFolder],
      ...flags('--only', systems),
    ]);
    expect.assert(typeof options !== 'string');
    const { results, versions } = await runPlan(
      {
        ...options.plan,
        largeBytes: large,
        workloads: workloadsOf(large),
        checkedMax: 4,
        onProgress: () => undefined,
      },
      () => undefined,
    );
    expect(results.map(({ workload }) => workload.name)).toStrictEqual(options.plan.workloads.map(({ name }) => name));
    for (const { workload, rows } of results) {
      for (const { system, rounds, wrong, notes, absent } of rows) {
        const where = `${workload.name}, ${system.name}`;
        expect([...wrong, ...notes], where).toStrictEqual([]);
        if (system.name === 'coraza-module') {
          expect(absent, where).toMatch(/built-on-envoy/);
          continue;
        }
        expect.assert(rounds[0], where);
        expect(rounds[0].errors, where).toBe(0);
        expect(Number.isNaN(rounds[0].filterUs), where).toBe(system.name === 'envoy');
      }
    }
    expect(versions[0]).toStrictEqual(['service', `Node ${process.version}`]);
  });
});

/** Which of the bench's promises a system breaks. */
type Fault = 'none' | 'passes' | 'blocks' | 'changes' | 'is silent' | 'stops early' | 'blocks by another rule';

describe('verify', () => {
  let server: Server;
  let running: RunningSystem;
  let fault: Fault = 'none';
  const ids = new Map<string, Set<number>>();
  const [, , form] = workloadsOf(largeBytes.quick);

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
      const body = Buffer.concat(pieces);
      const isAttack = body.includes('UNION');
      const ran = fault === 'stops early' ? [probeRuleIds.name] : Object.values(probeRuleIds);
      const seen = isAttack ? [fault === 'blocks by another rule' ? 7 : 942_100] : ran;
      if (fault !== 'is silent') ids.set(String(request.headers[probeHeader]), new Set(seen));
      const refuses = (isAttack && fault !== 'passes') || fault === 'blocks';
      const changed = fault === 'changes' ? Buffer.concat([body.subarray(1), Buffer.from('x')]) : body;
      const receipt = `received ${body.length} ${createHash('sha256').update(changed).digest('hex')}\n`;
      response.writeHead(refuses ? 403 : 200).end(refuses ? 'no' : receipt);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running = {
      port: (server.address() as AddressInfo).port,
      filterPid: undefined,
      envoyPid: undefined,
      version: '',
      idsOf: (probe) => ids.get(probe) ?? new Set(),
      stop: () => Promise.resolve(),
    };
  });
  afterAll(() => server.close());

  const check = async (what: Fault, { rules }: Pick<System, 'rules'> = { rules: 'crs' }) => {
    expect.assert(form);
    fault = what;
    return await verify({ running, rules, workload: form, count: 2, logMs: 20 });
  };

  it('finds nothing wrong with a correct system', async () => {
    expect(await check('none')).toStrictEqual({ wrong: [], missed: 0, attacks: 2 });
    expect(await check('is silent', { rules: undefined })).toStrictEqual({ wrong: [], missed: 0, attacks: 0 });
  });

  it('counts attacks that pass', async () => {
    expect((await check('passes')).missed).toBe(2);
  });

  const faults = [
    ['blocks', /the benign exchange got status 403/],
    ['changes', /other bytes/],
    ['is silent', /rules did not run to the end of the benign exchange: 990001,990002,990004/],
    ['stops early', /rules did not run to the end of the benign exchange: 990002,990004/],
    ['blocks by another rule', /the attack is blocked without rule 942100 \(7\)/],
  ] as const;
  for (const [what, message] of faults) {
    it(`reports a system that ${what}`, async () => {
      expect((await check(what)).wrong.join('\n')).toMatch(message);
    });
  }

  it('counts responses other than 200, and lost connections, as errors of the load', async () => {
    expect.assert(form);
    const requests = form.variants.slice(0, 3).map((twins) => twins.benign());
    const load = { port: running.port, requests, amount: 6 };
    fault = 'none';
    const closed = await driveClosed({ ...load, connections: 2 });
    const open = await driveOpen({ ...load, perSecond: 1000 });
    expect([closed, open].map(({ failures, milliseconds }) => [failures.size, milliseconds.length])).toStrictEqual([
      [0, 6],
      [0, 6],
    ]);
    fault = 'blocks';
    const refused = [await driveClosed({ ...load, connections: 2 }), await driveOpen({ ...load, perSecond: 1000 })];
    for (const { failures } of refused) expect(failures).toStrictEqual(new Map([['403', 6]]));
    expect(sumOf(refused.map(({ failures }) => failures))).toStrictEqual(new Map([['403', 12]]));
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    expect((await driveOpen({ ...load, port, perSecond: 1000 })).failures).toStrictEqual(new Map([['lost', 6]]));
  });
});
