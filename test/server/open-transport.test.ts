import { afterAll, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { Admission } from '../../src/ext-proc/admission.ts';
import { CrashGuard } from '../../src/ext-proc/crash-guard.ts';
import { loadTransport } from '../../src/ext-proc/transports.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { openTransport } from '../../src/server/open-transport.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { attackPlan, GrpcPeer, requestHeaders, serviceOf } from '../support/ext-proc.ts';
import { until } from '../support/until.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

it('serves exchanges by the profiles, sinks and guard of a server', async () => {
  let given: Profile | undefined;
  serviceOf(plan, {}, (profile) => {
    given = profile;
    return {};
  });
  const profile = given as unknown as Profile;
  const records: TransactionRecord[] = [];
  const guard = new CrashGuard(undefined);
  const transport = openTransport(
    { limits },
    {
      create: await loadTransport('native'),
      admission: new Admission({ limits, onOverload: () => undefined, onRoom: () => undefined }),
      profiles: { select: () => profile, profile },
      sinks: { opened: () => undefined, put: (record) => records.push(record) },
      log: { error: () => undefined },
      tls: undefined,
      guard,
    },
  );
  const peer = new GrpcPeer(await transport.listen('127.0.0.1:0'));
  guard.keepOut({ inputs: [], profiles: ['default'] });
  const stream = peer.open();
  stream.send(requestHeaders(), 'streamed');
  expect((await stream.answers(1))[0]?.response?.$case).toBe('immediateResponse');
  peer.close();
  await until('a record', () => records.length > 0);
  expect(records[0]).toMatchObject({ profile: 'default', report: { cause: 'quarantine' } });
  await transport.close({ drainMs: 0 });
});
