// Through the real Envoy: shadow rules report and decide nothing, and exclusions are counted.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAdmin } from '../support/admin.ts';
import { Front } from '../support/exchange-front.ts';
import { Scraper } from '../support/scrape.ts';
import { until } from '../support/until.ts';

const rule = (word: string, id: number): string =>
  `SecRule ARGS|REQUEST_BODY "@contains ${word}" "id:${id},phase:2,log,deny"\n`;
const engine = 'SecRuleEngine On\nSecRequestBodyAccess On\n';

describe('shadow rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-shadow-'));
  const admin = `unix:${join(folder, 'admin.sock')}`;
  const metrics = new Scraper(admin);
  const lines: string[] = [];
  let front: Front;
  beforeAll(async () => {
    writeFileSync(join(folder, 'live.conf'), engine + rule('old', 1) + rule('both', 2));
    writeFileSync(join(folder, 'next.conf'), engine + rule('new', 3) + rule('both', 2));
    const file = join(folder, 'weir.yaml');
    writeFileSync(
      file,
      `rules: [live.conf]
profiles:
  default: { shadow: { profile: next, percent: 100 } }
  next: { rules: [next.conf] }
exclusions:
  - { rules: [1], at: { path: { prefix: /free } }, owner: search, reason: text }
  - { rules: [1], at: { path: { prefix: /unused } }, owner: nobody, reason: text }
`,
    );
    front = await Front.start({
      mode: 'streamed',
      weir: { args: ['--config', file, '--admin', admin], onLine: (line) => lines.push(line) },
    });
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (path: string): Promise<number> => {
    const { answer } = await front.exchange({ path, method: 'GET', headers: [] }, { protocol: 'http1' });
    return answer.status;
  };
  const seen = (outcome: string): Promise<number> =>
    metrics.value(`weir_shadow_exchanges_total{profile="default",outcome="${outcome}"}`);

  it('reports where verdicts differ, and decides nothing', async () => {
    expect(await Promise.all(['/?a=x', '/?a=both', '/?a=new', '/?a=old'].map(get))).toStrictEqual([200, 403, 200, 403]);
    await until('all were judged', async () => (await metrics.value('weir_shadow_exchanges_in_flight')) === 0);
    expect(await Promise.all(['same', 'stricter', 'looser', 'failed'].map(seen))).toStrictEqual([2, 1, 1, 0]);
    const { body } = await askAdmin(admin, '/shadow');
    const { examples } = JSON.parse(body) as {
      examples: { outcome: string; target: string; shadow: { ruleId: number } }[];
    };
    const told = examples.map(({ outcome, target, shadow }) => `${outcome} ${target} ${shadow.ruleId}`);
    expect(new Set(told)).toStrictEqual(new Set(['looser /?a=[3 bytes] 0', 'stricter /?a=[3 bytes] 3']));
    expect(lines.filter((line) => line.includes('the candidate'))).toHaveLength(1);
  });

  it('lists exclusions with how often they counted', async () => {
    expect([await get('/free?a=old'), await get('/?a=old')]).toStrictEqual([200, 403]);
    const all = async (query = '') => {
      const { body } = await askAdmin(admin, `/exclusions${query}`);
      return (JSON.parse(body) as { exclusions: { owner: string; hits: number }[] }).exclusions;
    };
    await until('the exchange is over', async () => (await all())[0]?.hits === 1);
    expect((await all()).map(({ owner, hits }) => [owner, hits])).toStrictEqual([
      ['search', 1],
      ['nobody', 0],
    ]);
    expect(await all('?unusedDays=1')).toStrictEqual([]);
    expect((await askAdmin(admin, '/exclusions?unusedDays=0')).status).toBe(400);
    expect(await metrics.value('weir_exclusion_hits_total{exclusion="search: 1 at /free"}')).toBe(1);
    expect(await metrics.value('weir_exclusions{state="active"}')).toBe(2);
  });
});
