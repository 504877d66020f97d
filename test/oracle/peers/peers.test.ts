// What every parser of the peers must return for a plain request: the drivers call them as applications do.

import { describe, expect, it } from 'vitest';
import { type Handed, Sight } from '../handed.ts';
import type { Headers, Subject } from './peer.ts';
import { startPeers } from './peers.ts';

interface Plain {
  readonly headers: Headers;
  readonly body: string;
  readonly handed: readonly Handed[];
}

const part = (disposition: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

const plain: ReadonlyMap<Subject, Plain> = new Map([
  [
    'multipart',
    {
      headers: [['Content-Type', 'multipart/form-data; boundary=b']],
      body: `${part('name="a"', '1')}${part('name="f"; filename="x.txt"', '<2>')}--b--\r\n`,
      handed: [
        { role: 'name', text: 'a' },
        { role: 'value', text: '1' },
        { role: 'name', text: 'f' },
        { role: 'value', text: 'x.txt' },
        { role: 'content', text: '<2>' },
      ],
    },
  ],
  [
    'form',
    {
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'a=1&b=%3C2+',
      handed: [
        { role: 'name', text: 'a' },
        { role: 'value', text: '1' },
        { role: 'name', text: 'b' },
        { role: 'value', text: '<2 ' },
      ],
    },
  ],
  [
    'json',
    {
      headers: [['Content-Type', 'application/json']],
      body: '{"a":[1.5,"\\u003c"]}',
      handed: [
        { role: 'name part', text: 'a' },
        { role: 'number', text: '1.5' },
        { role: 'value', text: '<' },
      ],
    },
  ],
  [
    'cookie',
    {
      headers: [['Cookie', 'a=1; b=2']],
      body: '',
      handed: [
        { role: 'name', text: 'a' },
        { role: 'value', text: '1' },
        { role: 'name', text: 'b' },
        { role: 'value', text: '2' },
      ],
    },
  ],
]);

/** PHP and Rack split names: for them each is a part. */
const asText = ({ role, text }: Handed): string =>
  `${role.replace(' part', '')} ${typeof text === 'string' ? text : Buffer.from(text).toString('latin1')}`;

for (const [subject, { headers, body, handed }] of plain) {
  const peers = await startPeers(subject);
  describe(`parsers of ${subject}`, () => {
    for (const why of peers.missing) it.skip(why, () => {});
    for (const { name, version, peer } of peers.parsers) {
      it(`${name} ${version}`, async () => {
        const answers = await peer.ask(subject, headers, Buffer.from(body, 'latin1'));
        expect((answers.get(name) ?? []).map(asText).sort()).toStrictEqual(handed.map(asText).sort());
      });
    }
  });
}

describe('Sight', () => {
  it('does not treat a file as a field', () => {
    const sight = new Sight([{ source: 'FILE_CONTENT', name: 'f', value: '<' }]);
    expect(sight.sees({ role: 'value', text: '<' })).toBe(false);
    expect(sight.sees({ role: 'content', text: '<' })).toBe(true);
  });
});
