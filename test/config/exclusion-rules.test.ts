// Exclusions change rules as the equivalent directives in a rule file do.

import { describe, expect, it } from 'vitest';
import type { Exclusion } from '../../src/config/exclusion.ts';
import { exclusionMessage, exclusionStatements } from '../../src/config/exclusion-rules.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const rules = `
SecRuleEngine DetectionOnly
SecRule ARGS "@contains bad" "id:101,phase:2,log,tag:'x-y',tag:'group/a.b'"
SecRule REQUEST_HEADERS:User-Agent|ARGS "@contains bad" "id:102,phase:1,log,tag:'x-y-z'"
`;

const excluded = (more: Partial<Exclusion>): Exclusion => ({
  ids: [],
  tags: [],
  at: {},
  owner: `O'Neil "and" \\`,
  reason: '%{TX.a}',
  location: { file: 'weir.yaml', line: 1, column: 1 },
  ...more,
});

/** Ids of the rules that match in spite of exclusions. */
async function matchesWith(exclusions: readonly Exclusion[], exchange: ExchangeCase): Promise<readonly number[]> {
  const plan = await planOf(rules, {
    amend: (files) => [{ file: 'weir.yaml', statements: exclusionStatements(exclusions) }, ...files],
  });
  try {
    return idsOf(runExchange(plan, exchange));
  } finally {
    closePlan(plan);
  }
}

const bad: ExchangeCase = { target: '/search/a?q=bad&r=bad', headers: { host: 'A.Example:80', 'user-agent': 'bad' } };
const at = (
  place: Exclusion['at'],
  exchange: ExchangeCase = bad,
): readonly [Partial<Exclusion>, ExchangeCase, readonly number[]] => [{ ids: ['101-102'], at: place }, exchange, []];
const notAt = (
  place: Exclusion['at'],
  exchange: ExchangeCase = bad,
): readonly [Partial<Exclusion>, ExchangeCase, readonly number[]] => [
  { ids: ['101-102'], at: place },
  exchange,
  [102, 101],
];
const path = (prefix: string, target: string) => [{ path: { prefix } }, { target: `${target}?q=bad` }] as const;

const cases: readonly (readonly [Partial<Exclusion>, ExchangeCase, readonly number[]])[] = [
  [{}, bad, [102, 101]],
  [{ ids: ['101'] }, bad, [102]],
  [{ ids: ['100-101', '102'] }, bad, []],
  [{ tags: ['x-y'] }, bad, [102]],
  [{ tags: ['group/a.b'] }, bad, [102]],
  [{ tags: ['group/axb'] }, bad, [102, 101]],
  [{ ids: ['101'], at: { fields: ['ARGS:q'] } }, { target: '/?q=bad' }, [102]],
  [{ ids: ['101'], at: { fields: ['ARGS:q'] } }, { target: '/?q=bad&r=bad' }, [102, 101]],
  [{ ids: ['101'], at: { fields: ['ARGS:/^[qr]$/'] } }, { target: '/?q=bad&r=bad' }, [102]],
  [{ ids: ['101', '102'], at: { fields: ['ARGS:q', 'ARGS:r'], methods: ['GET'] } }, { target: '/?q=bad&r=bad' }, []],
  [{ tags: ['x-y'], at: { fields: ['ARGS:q'], methods: ['GET'] } }, { target: '/?q=bad' }, [102]],
  at({ methods: ['POST', 'GET'] }),
  notAt({ methods: ['get'] }),
  at({ hosts: ['a.example'] }),
  at({ hosts: ['*.EXAMPLE.'] }),
  notAt({ hosts: ['example'] }),
  notAt({ hosts: ['a-example'] }),
  at({ sources: ['10.0.0.0/8', '192.0.2.0/24'] }),
  notAt({ sources: ['192.0.2.2'] }),
  at({ hosts: ['a.example'], methods: ['GET'], path: { prefix: '/search' }, sources: ['192.0.2.1'] }),
  notAt({ hosts: ['a.example'], methods: ['GET'], path: { prefix: '/other' }, sources: ['192.0.2.1'] }),
  at(...path('/search', '/search')),
  at(...path('/search/', '/search/b')),
  notAt(...path('/search', '/searches')),
  notAt(...path('/search', '/Search')),
  at(...path('/caf\xc3\xa9 (x)', '/caf%C3%A9%20(x)/a')),
  at({ path: { exact: '/search' } }, { target: '/search/?q=bad' }),
  notAt({ path: { exact: '/search' } }, { target: '/search/a?q=bad' }),
  at({ path: { regex: '/s.*/[ab]' } }),
  notAt({ path: { regex: '/s' } }),
  ...['/search/../admin', '/search/%2e%2e/admin', '/search/%252e%252e/admin', '/search//a', '/search/..%2fadmin'].map(
    (target) => notAt(...path('/search', target)),
  ),
  ...['/search/..;/admin', '/search\\..\\admin', '/search/a%00'].map((target) => notAt(...path('/search', target))),
  ...['/search%0a', '/search%0d', '/search%09', '/search%20'].map((target) =>
    notAt({ path: { exact: '/search' } }, { target: `${target}?q=bad` }),
  ),
  ...['x-http-method-override', 'X-HTTP-Method', 'x-method-override'].map((name) =>
    notAt({ methods: ['GET'] }, { ...bad, headers: { ...bad.headers, [name]: 'POST' } }),
  ),
  ...['x-original-url', 'X-Rewrite-URL'].map((name) =>
    notAt({ path: { prefix: '/search' } }, { ...bad, headers: { ...bad.headers, [name]: '/admin' } }),
  ),
  [{ ids: ['101-102'], expires: '2999-12-31' }, bad, []],
  [{ ids: ['101-102'], expires: '2020-12-31' }, bad, [102, 101]],
];

describe('exclusionStatements', () => {
  for (const [more, exchange, left] of cases) {
    it(`of ${JSON.stringify(more)} leave ${left.join(', ') || 'nothing'} of ${exchange.target}`, async () => {
      expect(await matchesWith([excluded(more)], exchange)).toStrictEqual(left);
    });
  }

  it('add up', async () => {
    const both = [
      excluded({ ids: ['101'], at: { methods: ['GET'] } }),
      excluded({ ids: ['102'], at: { methods: ['GET'] } }),
    ];
    expect(await matchesWith(both, bad)).toStrictEqual([]);
  });
});

describe('exclusionMessage', () => {
  it('is plain text', () => {
    expect(exclusionMessage(excluded({ expires: '2027-12-31' }))).toBe(
      'exclusion of O Neil  and    until 2027-12-31:  TX.a}',
    );
  });
});
