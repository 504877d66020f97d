import { describe, expect, it } from 'vitest';
import { type AdminAnswer, formatFor, routesOf } from '../../src/admin/routes.ts';
import type { AdminTarget, Health } from '../../src/admin/target.ts';
import { WafError } from '../../src/base/errors.ts';
import { adminTarget, healthy } from '../support/admin-target.ts';

const routes = routesOf({ logLevelMsMax: 60_500 });

async function ask(
  path: string,
  given: Partial<AdminTarget> = {},
  { query = '', accept = '', isAuthorized = true } = {},
): Promise<AdminAnswer & { readonly asked: readonly string[] }> {
  const { target, asked } = adminTarget(given);
  const answer = await routes
    .get(path)
    ?.answer(target, { parameters: new URLSearchParams(query), accept, isAuthorized });
  if (answer === undefined) throw new Error(`there is no ${path}`);
  return { ...answer, asked };
}

const withHealth = (health: Partial<Health>): Partial<AdminTarget> => ({ health: () => ({ ...healthy, ...health }) });

describe('probes', () => {
  const failedReload = { at: new Date(0), error: new WafError('seclang.syntax', 'a.conf:1:2: no') };
  for (const [path, health, status, body] of [
    ['/livez', { hasStarted: false, notReady: 'draining' }, 200, /^alive\n$/],
    ['/startupz', {}, 200, /^started\n$/],
    ['/startupz', { hasStarted: false }, 503, /^starting\n$/],
    ['/startupz', { notReady: 'draining' }, 200, /^started\n$/],
    ['/readyz', {}, 200, /^ready\ngeneration 3\n$/],
    ['/readyz', { notReady: 'overloaded: 3 exchanges' }, 503, /^not ready: overloaded: 3 exchanges\ngeneration 3\n$/],
    [
      '/readyz',
      { failedReload },
      200,
      /^ready\ngeneration 3\n.*1970-01-01T\S+ \(seclang\.syntax\): a\.conf:1:2: no\n$/,
    ],
  ] as const) {
    it(`${path} is ${status} for ${JSON.stringify(health)}`, async () => {
      const answer = await ask(path, withHealth(health));
      expect(answer.status).toBe(status);
      expect(answer.body).toMatch(body);
    });
  }

  it('give an unauthenticated client no more than a word', async () => {
    const answer = await ask('/readyz', withHealth({ notReady: 'a path', failedReload }), { isAuthorized: false });
    expect(answer).toMatchObject({ status: 503, body: 'not ready\n' });
  });

  it('are the only paths without authentication', () => {
    const open = [...routes].filter(([, { isOpen }]) => isOpen).map(([path]) => path);
    expect(open).toStrictEqual(['/livez', '/startupz', '/readyz']);
  });
});

describe('/metrics', () => {
  for (const [accept, format] of [
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain', 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', 'openmetrics'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['application/openmetrics-text;q=x', 'prometheus'],
    ['text/plain, application/openmetrics-text;q=0.5', 'prometheus'],
    ['Application/OpenMetrics-Text ; Q=1', 'openmetrics'],
  ] as const) {
    it(`answers "${accept}" with ${format}`, async () => {
      expect(formatFor(accept)).toBe(format);
      const answer = await ask('/metrics', {}, { accept });
      expect(answer.body).toBe(`# ${format}\n`);
      expect(answer.type).toContain(format === 'openmetrics' ? 'openmetrics-text' : 'text/plain; version=0.0.4');
    });
  }
});

describe('/-/reload', () => {
  it('reports what is in force', async () => {
    const answer = await ask('/-/reload');
    expect(answer).toMatchObject({ status: 200, asked: ['reload'] });
    expect(answer.body).toBe('reloaded: 7 rules, loaded in 12 ms, generation 4\n');
  });

  it('reports why it failed', async () => {
    const error = new WafError('config.invalid', 'weir.yaml:1:1: no\nweir.yaml:2:1: nor this');
    const answer = await ask('/-/reload', {
      reload: () => Promise.resolve({ isDone: false, generation: 3, error }),
    });
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/generation 3 stays in force \(config\.invalid\): weir\.yaml:1:1: no\nweir\.yaml:2:1/);
  });
});

describe('/-/log-level', () => {
  for (const [query, status, outcome] of [
    ['level=debug&seconds=5', 200, 'debug for 5000 ms'],
    ['level=silent&seconds=60', 200, 'silent for 60000 ms'],
    ['level=warn', 200, 'warn for 60000 ms'],
    ['level=debug&seconds=61', 400, /from 1 to 60/],
    ['level=debug&seconds=0', 400, /from 1 to 60/],
    ['level=debug&seconds=-1', 400, /from 1 to 60/],
    ['level=debug&seconds=1e1', 400, /from 1 to 60/],
    ['level=debug&seconds=', 400, /from 1 to 60/],
    ['level=debug&seconds=99999999999', 400, /from 1 to 60/],
    ['level=DEBUG', 400, /level must be one of debug/],
    ['', 400, /level must be one of debug/],
    ['level=debug&secs=5', 400, /no parameter "secs"/],
    ['level=__proto__', 400, /level must be one of/],
  ] as const) {
    it(`answers "${query}" with ${status}`, async () => {
      const answer = await ask('/-/log-level', {}, { query });
      expect(answer.status).toBe(status);
      if (typeof outcome === 'string') expect(answer.asked).toStrictEqual([outcome]);
      else expect([answer.asked.length, outcome.test(answer.body)]).toStrictEqual([0, true]);
    });
  }
});

describe('/-/drain', () => {
  it('responds before the server ends', async () => {
    expect(await ask('/-/drain')).toMatchObject({ status: 202, body: 'draining\n', asked: ['drain'] });
  });
});
