// Through the real Envoy: which profile an exchange gets: by Envoy's route, by Weir's routes, and never by a client's choice.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Front, protocols } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const configuration = (more = ''): string => `
profiles:
  default: { rules: [a.conf], mode: block }
  watched: { extends: default, mode: detect }
  off: { mode: off }
routes:
  - { match: { host: "*.watched.example" }, profile: watched }
  - { match: { path: { prefix: /watched } }, profile: watched }
  - { match: { path: { prefix: /off }, method: POST }, profile: off }
${more}`;

interface CaseRequest {
  readonly method?: string;
  readonly host?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

describe('a profile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-profiles-'));
  const file = join(folder, 'weir.yaml');
  const audit = join(folder, 'audit.log');
  const said: string[] = [];
  let front: Front;
  beforeAll(async () => {
    writeFileSync(
      join(folder, 'a.conf'),
      'SecRuleEngine On\nSecAuditEngine On\nSecRule ARGS|REQUEST_BODY "@contains bad" "id:1,phase:2,log,deny"\n',
    );
    writeFileSync(file, configuration());
    front = await Front.start({
      mode: 'streamed',
      envoy: { profileByPrefix: { '/envoy': 'watched', '/strict': 'default', '/unknown': 'none' } },
      weir: { args: ['--config', file, '--audit-log', audit], onLine: (line) => said.push(line) },
    });
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The audit lines about a target. */
  const linesOf = (target: string): readonly Record<string, unknown>[] =>
    readFileSync(audit, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"target":"${target}`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  const forged = [['weir-profile', 'watched']] as const;
  const cases: readonly (readonly [why: string, path: string, more: CaseRequest, status: number])[] = [
    ['is the default', '/?q=bad', {}, 403],
    ['is what Envoy says of the route', '/envoy/?q=bad', {}, 200],
    ['is not what a client says', '/?q=bad', { headers: forged }, 403],
    ['is what Envoy says, whatever a client says', '/strict/?q=bad', { headers: forged }, 403],
    ['is what Envoy says before any route of Weir', '/strict/watched?q=bad', { host: 'a.watched.example' }, 403],
    ['that does not exist is a failure', '/unknown/', {}, 503],
    ['is chosen by path', '/watched/a?q=bad', {}, 200],
    ['is not chosen by a part of a name', '/watchedx?q=bad', {}, 403],
    ['is chosen by host', '/?q=bad', { host: 'A.Watched.Example:81' }, 200],
    ['is not chosen by spelling', '/watched/%2e%2e/a', {}, 400],
    ['is not chosen by spelling a name otherwise', '/WATCHED/a', {}, 400],
    ['is not chosen by two slashes', '//watched/a', {}, 400],
    ['that is off lets all pass', '/off', { method: 'POST', body: 'bad' }, 200],
    ['is chosen by method', '/off?q=bad', {}, 403],
  ];
  for (const protocol of protocols) {
    for (const [why, path, request, status] of cases) {
      it(`${why}: ${path} (${protocol})`, async () => {
        const { host, headers = [], body, method = 'GET' } = request;
        const named = host === undefined ? [] : [[protocol === 'http1' ? 'host' : ':authority', host] as const];
        const bytes = body === undefined ? {} : { body: [Buffer.from(body)] };
        const { answer } = await front.exchange(
          { path, method, headers: [...named, ...headers], ...bytes },
          { protocol },
        );
        expect(answer.status).toBe(status);
      });
    }
  }

  it('and its rules are replaced together, or not at all', async () => {
    const { pid } = front.weir;
    writeFileSync(file, configuration('  - { match: {}, profile: none }\n'));
    process.kill(pid, 'SIGHUP');
    await until('the reload is refused', () => said.some((line) => line.includes('unknown profile')));
    expect((await front.exchange({ path: '/?q=bad' })).answer.status).toBe(403);
    writeFileSync(
      file,
      configuration(
        '  - { match: {}, profile: watched }\nexclusions:\n  - { rules: [1], at: { path: { prefix: /strict } }, owner: a, reason: b }\n',
      ),
    );
    process.kill(pid, 'SIGHUP');
    await until('the reload is done', () => said.some((line) => line.includes('generation 2')));
    expect((await front.exchange({ path: '/?q=bad' })).answer.status).toBe(200);
    expect((await front.exchange({ path: '/strict/x?q=bad' })).answer.status).toBe(200);
    expect(linesOf('/').length).toBeGreaterThan(0);
  });
});
