// False positives of a rule set in bytes that are not text, sent as a body and as an uploaded file.

import { limits } from '../../src/base/limits.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { binaryKinds } from '../corpora/binary.ts';

const bodyBytes = 2 ** 20;

/** What was found in the bytes of one kind. */
export interface BinaryResult {
  readonly kind: string;
  readonly bodies: number;
  readonly bytes: number;
  /** Ids of rules that matched and log, with how many bodies they matched in. */
  readonly alarms: ReadonlyMap<number, number>;
}

/** Inspects bodies of 1 MiB, of each kind in turn, until `bytes` have been inspected. */
export function inspectBinaries(plan: Plan, bytes: number): BinaryResult[] {
  const results = Object.keys(binaryKinds).map((kind) => ({
    kind,
    bodies: 0,
    bytes: 0,
    alarms: new Map<number, number>(),
  }));
  for (let seed = 0, done = 0; done < bytes; seed += 1) {
    for (const result of results) {
      const body = (binaryKinds[result.kind] as (seed: number, bytes: number) => Buffer)(seed, bodyBytes);
      for (const [type, sent] of [
        ['image/jpeg', body],
        ['multipart/form-data; boundary=b', uploadOf(body)],
      ] as const) {
        for (const id of idsFor(plan, type, sent)) result.alarms.set(id, (result.alarms.get(id) ?? 0) + 1);
        result.bodies += 1;
        result.bytes += sent.length;
        done += sent.length;
      }
      if (done >= bytes) break;
    }
  }
  return results;
}

function uploadOf(body: Buffer): Buffer {
  const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n';
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--b--\r\n')]);
}

function idsFor(plan: Plan, type: string, body: Buffer): number[] {
  const inspection = new Inspection(plan, { requestId: 'bench', limits });
  const headers = [
    { name: 'host', value: 'example.test' },
    { name: 'user-agent', value: 'bench' },
    { name: 'accept', value: '*/*' },
    { name: 'content-type', value: type },
  ];
  const head = {
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers,
    remoteAddress: '192.0.2.1',
    remotePort: 4711,
  };
  const verdict = inspection.side('request').head(head, false);
  if (verdict.kind !== 'block' && inspection.side('request').chunk(body).kind !== 'block')
    inspection.side('request').end();
  return [
    ...new Set(
      inspection
        .close()
        .matches.filter(({ isLogged }) => isLogged)
        .map(({ ruleId }) => ruleId),
    ),
  ];
}
