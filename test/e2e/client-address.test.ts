// Through the real Envoy, as docs/envoy.yaml sets it up: REMOTE_ADDR is the address of the connection, whatever a client writes
// into headers. Rules trust it: exclusions for a monitor, counters of an address.

import { describe, expect, it } from 'vitest';
import type { HeaderPairs } from '../../demo/stack/arrivals.ts';
import { protocols } from '../support/exchange-front.ts';
import { frontWithRules } from '../support/rules-front.ts';

const rules = `SecRuleEngine On
SecRule REMOTE_ADDR "!@streq 127.0.0.1" "id:1,phase:1,log,deny,status:418"
SecRule REMOTE_PORT "@lt 1" "id:2,phase:1,log,deny,status:419"
`;

/** Headers of clients that pretend to have another address. */
const claims: Readonly<Record<string, HeaderPairs>> = {
  'X-Forwarded-For': [['x-forwarded-for', '203.0.113.7']],
  'X-Forwarded-For of several hops': [['x-forwarded-for', '203.0.113.7, 198.51.100.1, 10.0.0.1']],
  'two X-Forwarded-For': [
    ['x-forwarded-for', '203.0.113.7'],
    ['x-forwarded-for', '10.0.0.1'],
  ],
  'X-Forwarded-For in IPv6': [['x-forwarded-for', '2001:db8::7']],
  'an address that is trusted': [['x-forwarded-for', '::1']],
  Forwarded: [['forwarded', 'for=203.0.113.7']],
  'X-Real-IP': [['x-real-ip', '203.0.113.7']],
  'headers of Envoy': [
    ['x-envoy-external-address', '203.0.113.7'],
    ['x-envoy-internal', 'true'],
  ],
  'names of attributes': [
    ['source.address', '203.0.113.7:1'],
    ['weir-peer', '203.0.113.7'],
  ],
};

describe('the address of a client', () => {
  const front = frontWithRules(rules);

  for (const protocol of protocols) {
    for (const [name, headers] of Object.entries(claims)) {
      it(`is that of its connection in spite of ${name} (${protocol})`, async () => {
        const { answer } = await front().exchange({ path: '/', headers }, { protocol });
        expect(answer.status).toBe(200);
      });
    }
  }
});
