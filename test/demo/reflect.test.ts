// Orders to the upstream's /reflect.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reflectionOf } from '../../demo/stack/reflect.ts';

async function bodyOf(order: unknown): Promise<string> {
  const pieces: Uint8Array[] = [];
  const reflection = reflectionOf(JSON.stringify(order));
  for await (const piece of reflection.pieces()) pieces.push(piece);
  const body = Buffer.concat(pieces);
  assert.equal(reflection.bodyBytes, body.length, 'the stated length is the real one');
  return body.toString('latin1');
}

describe('reflectionOf', () => {
  it('answers 200 with nothing by default', async () => {
    assert.equal(reflectionOf('{}').status, 200);
    assert.equal(await bodyOf({}), '');
  });

  it('takes text or base64', async () => {
    assert.equal(await bodyOf({ body: 'héllo' }), Buffer.from('héllo').toString('latin1'));
    assert.equal(await bodyOf({ encodedBody: Buffer.from([0, 255]).toString('base64') }), '\x00\xff');
  });

  it('repeats the body and ends it', async () => {
    assert.equal(await bodyOf({ body: 'ab', repeat: 3, end: '!' }), 'ababab!');
    assert.equal(await bodyOf({ body: 'ab', repeat: 0 }), '');
  });

  it('refuses what is no order', () => {
    assert.throws(() => reflectionOf('null'), /must be a JSON object/);
    assert.throws(() => reflectionOf('{'), SyntaxError);
    assert.throws(() => reflectionOf('{"status": 99}'), /status 99/);
    assert.throws(() => reflectionOf('{"repeat": -1}'), /repeat -1/);
  });
});
