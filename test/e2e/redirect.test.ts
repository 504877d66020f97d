// Through the real Envoy: a rule that redirects sends the client to its URL, and nothing that a client writes becomes a
// header of its own.

import { describe, expect, it } from 'vitest';
import { headerOf } from '../../demo/stack/answer.ts';
import { protocols } from '../support/exchange-front.ts';
import { frontWithRules } from '../support/rules-front.ts';

const rules = String.raw`
SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS:go "@rx .+" "id:1,phase:2,log,redirect:'https://blocked.example/why?from=%{MATCHED_VAR}'"
SecRule ARGS:moved "@streq yes" "id:2,phase:1,log,status:307,redirect:'/moved'"
`;

describe('a redirect', () => {
  const front = frontWithRules(rules);

  for (const protocol of protocols) {
    it(`goes to the URL of the rule (${protocol})`, async () => {
      const { answer, arrival } = await front().exchange({ path: '/?go=here' }, { protocol });
      expect(answer.status).toBe(302);
      expect(headerOf(answer, 'location')).toBe('https://blocked.example/why?from=here');
      expect(arrival, 'the service was contacted').toBe(undefined);
    });

    it(`keeps its status (${protocol})`, async () => {
      const { answer } = await front().exchange({ path: '/?moved=yes' }, { protocol });
      expect(answer.status).toBe(307);
      expect(headerOf(answer, 'location')).toBe('/moved');
    });

    it(`lets no client write a header (${protocol})`, async () => {
      const { answer } = await front().exchange({ path: '/?go=a%0d%0aset-cookie:%20b=c%0d%0a%0d%0ad' }, { protocol });
      expect(answer.status).toBe(302);
      expect(headerOf(answer, 'set-cookie')).toBe(undefined);
      expect(headerOf(answer, 'location') ?? '').toMatch(/^https:\/\/blocked\.example\/why\?from=a%0D%0Aset-cookie:/i);
    });
  }
});
