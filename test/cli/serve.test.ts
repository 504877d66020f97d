import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startServer } from '../../src/cli/serve.ts';
import { chunkOf, GrpcPeer, requestHeaders } from '../support/ext-proc.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-serve-test-'));
after(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
writeFileSync(rules, 'SecRuleEngine On\nSecRule REQUEST_BODY "@contains attack" "id:1,phase:2,deny,status:403,log"\n');

describe('startServer', () => {
  it('serves until it is stopped, any number of times', async () => {
    const server = await startServer({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' });
    assert.match(server.readyLine, /, 1 rules, /);
    const peer = new GrpcPeer(server.addresses[0] ?? '');
    const stream = peer.open();
    stream.send(requestHeaders(), 'streamed');
    stream.send(chunkOf('request', 'an attack', true));
    const [answer] = await stream.answers(1);
    assert.equal(answer?.response?.$case, 'immediateResponse');
    peer.close();
    assert.equal(server.stop(), server.stop());
    await server.stop();
  });

  it('leaves nothing behind when an address does not work', async () => {
    const server = await startServer({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' });
    const [taken = ''] = server.addresses;
    const socket = join(folder, 'a.sock');
    const failing = startServer({ listen: [`unix:${socket}`, taken], rules: [rules], logLevel: 'silent' });
    await assert.rejects(failing, { code: 'config.invalid' });
    await server.stop();
    const again = await startServer({ listen: [`unix:${socket}`, taken], rules: [rules], logLevel: 'silent' });
    await again.stop();
  });
});
