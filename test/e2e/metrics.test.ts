// Through the real Envoy: each metric changes with what it counts, and no client can create many series.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metricTable } from '../../src/metrics/metric-table.ts';
import { askAdmin } from '../support/admin.ts';
import { Front, harmlessBody, pieces } from '../support/exchange-front.ts';
import { GrpcPeer } from '../support/ext-proc.ts';
import { Fifo } from '../support/fifo.ts';
import { Scraper, type Series } from '../support/scrape.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-metrics-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = [['content-type', 'text/plain']] as const;
const rule = 'SecRule REQUEST_BODY "@contains attack" "id:1,phase:2,deny,log"\n';
const settings = 'SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n';

/** A front with an admin address, and a reader of its metrics. */
async function measured(name: string, rules: string, ...args: readonly string[]) {
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, rules);
  const admin = `unix:${join(folder, `${name}.sock`)}`;
  const front = await Front.start({
    mode: 'streamed',
    weir: { rules: [file], args: ['--admin', admin, '--limit', 'drainNoticeMs=1', ...args] },
  });
  return { front, file, admin, metrics: new Scraper(admin) };
}

/** A body that is held until `release`. */
function heldBody(): { readonly body: () => AsyncGenerator<Uint8Array>; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    release: resolve,
    async *body() {
      yield harmlessBody(100);
      await promise;
    },
  };
}

/** The number of series without Node's own: a kind of garbage collection has some after it has happened. */
const ownSeries = (series: Series): number =>
  [...series.keys()].filter((name) => !name.startsWith('weir_nodejs_')).length;

describe('metrics', () => {
  it('each change with what they count', async () => {
    const auditLog = new Fifo(join(folder, 'audit.fifo')).path;
    const { front, file, admin, metrics } = await measured(
      'moved',
      settings + rule,
      ...['--hold-time', '50000', '--limit', 'exchangesMax=3', '--limit', 'unwrittenLogBytesMax=4000'],
      ...['--audit-log', auditLog, '--on-failure', 'overload=allow'],
    );
    try {
      const counted = (name: string, value: number): Promise<unknown> =>
        until(`${name} is ${value}`, async () => (await metrics.value(name)) === value);

      // Exchanges and what is found in them.
      await front.exchange({ method: 'POST', headers: text, body: [harmlessBody(1_000)] });
      await counted('weir_exchanges_total{profile="default",verdict="allow"}', 1);
      const attack = [harmlessBody(50_000), Buffer.from(' attack '), harmlessBody(50_000)];
      expect((await front.exchange({ method: 'POST', headers: text, body: attack })).answer.status).toBe(403);
      await counted('weir_exchanges_total{profile="default",verdict="block"}', 1);
      await counted('weir_rule_hits_total{rule="1"}', 1);
      await counted('weir_exchange_endings_total{ending="blocked"}', 1);
      const json = [['content-type', 'application/json']] as const;
      expect((await front.exchange({ method: 'POST', headers: json, body: [Buffer.from('{]')] })).answer.status).toBe(
        400,
      );
      await counted('weir_failures_total{cause="parse",action="block"}', 1);
      const unknown = [['content-type', 'text/plain; charset=x-unknown']] as const;
      await front.exchange({ method: 'POST', headers: unknown, body: [harmlessBody(10)] });
      await counted('weir_failures_total{cause="charset",action="detect"}', 1);
      const read = await metrics.read();
      expect(read.get('weir_inspected_bytes_total{direction="request"}')).toBeGreaterThan(50_000);
      expect(read.get('weir_stage_seconds_count{stage="request-body"}')).toBe(4);
      expect(read.get('weir_exchange_seconds_count')).toBe(4);
      expect(read.get('weir_first_verdict_bytes_count')).toBeGreaterThanOrEqual(1);
      expect(read.get('weir_audit_lines_total')).toBe(3);

      // Open, held, and replaced in between.
      const first = heldBody();
      const held = [1, 2, 3].map(() => front.exchange({ method: 'POST', headers: text, body: first.body() }));
      await counted('weir_held_bytes', 300);
      expect(await metrics.value('weir_exchanges_in_flight')).toBe(3);
      writeFileSync(file, `${settings}${rule}${rule.replace('id:1', 'id:2')}`);
      expect((await askAdmin(admin, '/-/reload', { method: 'POST' })).status).toBe(200);
      const reloaded = await metrics.read();
      expect(['weir_generation', 'weir_open_plans', 'weir_rules'].map((name) => reloaded.get(name))).toStrictEqual([
        2, 2, 2,
      ]);
      expect(reloaded.get('weir_reloads_total{result="ok"}')).toBe(1);
      writeFileSync(file, 'SecRule ARGS\n');
      expect((await askAdmin(admin, '/-/reload', { method: 'POST' })).status).toBe(500);
      const failed = await metrics.read();
      expect(failed.get('weir_reloads_total{result="failed"}')).toBe(1);
      expect([failed.get('weir_last_reload_failed'), failed.get('weir_ready')]).toStrictEqual([1, 1]);

      // Overload, which this policy lets pass.
      const { answer } = await front.exchange({ method: 'POST', headers: text, body: [harmlessBody(5_000)] });
      expect(answer.status).toBe(200);
      await counted('weir_failures_total{cause="overload",action="allow"}', 1);
      const over = await metrics.read();
      expect([over.get('weir_overloaded'), over.get('weir_ready')]).toStrictEqual([1, 0]);
      expect(over.get('weir_uninspected_bytes_total{cause="failure-policy"}')).toBeGreaterThanOrEqual(5_000);
      expect(over.get('weir_uninspected_exchanges_total{cause="failure-policy"}')).toBe(1);
      expect((await askAdmin(admin, '/readyz')).body).toMatch(
        /^not ready: overloaded: 4 exchanges are under way, limit 3/,
      );
      first.release();
      await Promise.all(held);
      await counted('weir_exchanges_in_flight', 0);
      expect(await metrics.value('weir_open_plans'), 'the old rules are freed').toBe(1);
      expect((await metrics.read()).get('weir_ready')).toBe(1);

      // A log that is not read.
      await until('lines of the audit log are lost', async () => {
        await front.exchange({ method: 'POST', headers: text, body: [Buffer.from('attack')] });
        return (await metrics.value('weir_log_lines_lost_total{log="audit"}')) > 0;
      });

      // A peer that breaks the protocol.
      const { address } = front.weir;
      expect.assert('socket' in address);
      const peer = new GrpcPeer(`unix:${address.socket}`);
      const stream = peer.open();
      stream.call.end();
      await stream.status;
      peer.close();
      await counted('weir_stream_failures_total{failure="malformed"}', 1);

      // Work that waits for its turn.
      const json400 = Buffer.from(JSON.stringify(Array.from({ length: 40_000 }, (_, index) => `value ${index}`)));
      let isBusy = true;
      const busy = [1, 2].map(async () => {
        while (isBusy) await front.exchange({ method: 'POST', headers: json, body: pieces(json400) });
      });
      await until('bodies wait', async () => {
        await metrics.read();
        return metrics.moved.has('weir_turn_queue_length') && metrics.moved.has('weir_bytes_in_flight');
      });
      isBusy = false;
      await Promise.all(busy);

      // Patterns that compile during a reload: several sets, one for each transformation.
      const chains = ['none', 'lowercase', 'urlDecode', 'htmlEntityDecode', 'compressWhitespace'];
      const large = Array.from(
        { length: 200 },
        (_, n) => `SecRule ARGS "@rx w${n}[a-z]{1,9}x.{0,20}y" "id:${n + 10},phase:2,pass,t:none,t:${chains[n % 5]}"\n`,
      );
      writeFileSync(file, `${settings}${large.join('')}`);
      const loading = askAdmin(admin, '/-/reload', { method: 'POST' });
      await until('patterns compile', async () => {
        await metrics.read();
        return metrics.moved.has('weir_pool_tasks');
      });
      expect((await loading).status).toBe(200);
      // Node's own metrics.
      const ofNode = ['eventloop_lag_p99_seconds', 'gc_duration_seconds', 'heap_size_used_bytes'];
      expect(ofNode.filter((name) => !metrics.moved.has(`weir_nodejs_${name}`))).toStrictEqual([]);

      // No reader of records is slow today: server-metrics.test.ts has one that is. shadow.test.ts, pack-canary.test.ts
      // and test/ext-proc/tls.test.ts move the others.
      const still = Object.keys(metricTable).filter((name) => !metrics.moved.has(name));
      expect(
        still.filter(
          (name) => !/^weir_(?:shadow|exclusion|pack_|record_bytes|held_memory|process_|quarantined|tls_)/.test(name),
        ),
      ).toStrictEqual(['weir_records_lost_total']);
    } finally {
      await front.stop();
    }
  });

  it('stay few, whatever clients send', async () => {
    const rules = Array.from(
      { length: 30 },
      (_, n) => `SecRule ARGS:a${n} "@contains x" "id:${n + 1},phase:1,pass,log"\n`,
    );
    const { front, metrics } = await measured('few', settings + rules.join(''), '--limit', 'metricRulesMax=10');
    try {
      await front.exchange({ method: 'POST', headers: text, body: [harmlessBody(10)] });
      const before = ownSeries(await metrics.read());
      for (let n = 0; n < 30; n += 1) {
        const headers = [
          ['content-type', `text/x-${n}; charset=x-${n}`],
          [`x-name-${n}`, `"}{\n\\${n}`.replace('\n', '')],
          ['content-encoding', `coding-${n}`],
          ['user-agent', `agent-${n}`],
          ['x-request-id', `id-${n}`],
          ['weir-profile', `profile-${n}`],
        ] as const;
        await front.exchange({ method: 'POST', path: `/${n}?a${n}=x`, headers, body: [Buffer.from(`a${n}`)] });
      }
      const read = await until('all are counted', async () => {
        const series = await metrics.read();
        return series.get('weir_exchange_seconds_count') === 31 && series;
      });
      const hits = [...read].filter(([name]) => name.startsWith('weir_rule_hits_total'));
      expect(hits.length).toBe(11);
      expect(hits.reduce((sum, [, value]) => sum + value, 0)).toBe(30);
      // Rules, some causes of failures and of what was not inspected.
      expect(ownSeries(read) - before - hits.length).toBeLessThan(12);
    } finally {
      await front.stop();
    }
  });
});
