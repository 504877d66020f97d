// Through the real Envoy: a pack is tried in a share of exchanges, is seen in the metrics of its version, and blocks once it is promoted.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runPack } from '../cli/pack/run-pack.ts';
import { packFiles } from '../pack/pack-files.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { askAdmin } from '../support/admin.ts';
import { Front } from '../support/exchange-front.ts';
import { Scraper } from '../support/scrape.ts';
import { until } from '../support/until.ts';

it('a pack in a share of exchanges reports, shows in the metrics, and blocks when it is promoted', async (test) => {
  const folder = ruleFolder(test, {});
  const pack = ruleFolder(test, packFiles());
  const config = join(folder, 'weir.yaml');
  writeFileSync(config, `rules: [${pack}]\npacks:\n  - { name: acme, version: 1.0.0, mode: "shadow 50 %" }\n`);
  const admin = `unix:${join(folder, 'admin.sock')}`;
  const metrics = new Scraper(admin);
  const front = await Front.start({ mode: 'streamed', weir: { args: ['--config', config, '--admin', admin] } });
  test.onTestFinished(() => front.stop());
  const attack = async (id: string): Promise<number> => {
    const headers = [['x-request-id', id]] as const;
    const { answer } = await front.exchange({ path: '/?a=attack', method: 'GET', headers }, { protocol: 'http1' });
    return answer.status;
  };
  const share = (mode: string): string =>
    `weir_pack_share_percent{profile="default",pack="acme",version="1.0.0",mode="${mode}"}`;
  const reported = 'weir_pack_reported_exchanges_total{pack="acme",version="1.0.0"}';

  expect(await metrics.value(share('shadow'))).toBe(50);
  const ids = Array.from({ length: 20 }, (_, index) => `request-${index}`);
  expect(new Set(await Promise.all(ids.map(attack)))).toStrictEqual(new Set([200]));
  await until('all are counted', async () => {
    const read = await metrics.read();
    return read.get('weir_exchanges_total{profile="default",verdict="allow"}') === ids.length;
  });
  const inShare = await metrics.value(reported);
  expect(inShare).toBeGreaterThan(0);
  expect(inShare).toBeLessThan(ids.length);

  expect(await runPack('promote', 'acme', '1.0.0', 'block', '--config', config)).toMatchObject({ code: 0 });
  expect((await askAdmin(admin, '/-/reload', { method: 'POST' })).status).toBe(200);
  expect([await metrics.value(share('shadow')), await metrics.value(share('block'))]).toStrictEqual([0, 100]);
  expect(await attack('request-0')).toBe(403);
  await until('the block is counted', async () => {
    return (await metrics.value('weir_exchanges_total{profile="default",verdict="block"}')) === 1;
  });
  expect(await metrics.value(reported)).toBe(inShare);
});
