// Through the real Envoy: a rule that redirects sends the client to its URL, and nothing that a client writes becomes a
// header of its own.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { headerOf } from '../../demo/stack/answer.ts';
import { Front, protocols } from '../support/exchange-front.ts';

const rules = String.raw`
SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS:go "@rx .+" "id:1,phase:2,log,redirect:'https://blocked.example/why?from=%{MATCHED_VAR}'"
SecRule ARGS:moved "@streq yes" "id:2,phase:1,log,status:307,redirect:'/moved'"
`;

describe('a redirect', () => {
  let folder: string;
  let front: Front;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-redirect-'));
    const file = join(folder, 'redirect.conf');
    writeFileSync(file, rules);
    front = await Front.start({ mode: 'streamed', weir: { rules: [file] } });
  });
  after(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const protocol of protocols) {
    it(`goes to the URL of the rule (${protocol})`, async () => {
      const { answer, arrival } = await front.exchange({ path: '/?go=here' }, { protocol });
      assert.equal(answer.status, 302);
      assert.equal(headerOf(answer, 'location'), 'https://blocked.example/why?from=here');
      assert.equal(arrival, undefined, 'the service was contacted');
    });

    it(`keeps its status (${protocol})`, async () => {
      const { answer } = await front.exchange({ path: '/?moved=yes' }, { protocol });
      assert.equal(answer.status, 307);
      assert.equal(headerOf(answer, 'location'), '/moved');
    });

    it(`lets no client write a header (${protocol})`, async () => {
      const { answer } = await front.exchange({ path: '/?go=a%0d%0aset-cookie:%20b=c%0d%0a%0d%0ad' }, { protocol });
      assert.equal(answer.status, 302);
      assert.equal(headerOf(answer, 'set-cookie'), undefined);
      assert.match(headerOf(answer, 'location') ?? '', /^https:\/\/blocked\.example\/why\?from=a%0D%0Aset-cookie:/i);
    });
  }
});
