// Through the real Envoy, where a policy blocks what rules did not see: a value that grows beyond what a detector reads at once, from a
// sender that keeps it open. What the service has received is checked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Front, protocols } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-uninspected-'));
const rules = join(folder, 'rules.conf');
writeFileSync(rules, 'SecRequestBodyAccess On\nSecRule ARGS "@detectSQLi" "id:1,phase:2,deny"\nSecRuleEngine On\n');
afterAll(() => rmSync(folder, { recursive: true }));

const KiB = 1024;
const words = (bytes: number): Buffer => Buffer.alloc(bytes, 'harmless words ');

describe('a value that rules do not see completely', () => {
  for (const mode of ['streamed', 'streamed-wait', 'full-duplex'] as const) {
    it(`is stopped before the service receives what they do not see (${mode})`, async () => {
      const args = ['--hold-time', '100', '--on-failure', 'uninspected=block'];
      const front = await Front.start({ mode, weir: { rules: [rules], args } });
      try {
        for (const protocol of protocols) {
          const id = `open-${protocol}`;
          const arrival = () => front.upstream.arrivals.find(id);
          async function* body(): AsyncGenerator<Uint8Array> {
            yield Buffer.from('q=');
            yield words(40 * KiB);
            await until('the service has its beginning', () => (arrival()?.bodyBytes ?? 0) > 0);
            yield words(160 * KiB);
            await until('it is stopped although it is open', () => arrival()?.state !== 'open');
          }
          const headers = [['content-type', 'application/x-www-form-urlencoded'] as const, ['x-exchange', id] as const];
          const { answer } = await front.exchange({ method: 'POST', headers, body: body() }, { protocol });
          expect([answer.status, arrival()?.state], protocol).toStrictEqual([403, 'cut']);
          expect(arrival()?.bodyBytes ?? 0, protocol).toBeLessThanOrEqual(64 * KiB + 2);
        }
      } finally {
        await front.stop();
      }
    });
  }
});
