import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { JsonDecoder } from '../../src/body/json.ts';
import { isMessage, MessageDecoder } from '../../src/body/message.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

const json = '{"q":1}';
const cases: readonly (readonly [why: string, message: string, lines: readonly string[]])[] = [
  ['a request', `POST /a?b=1&c HTTP/1.1\nContent-Type: application/json\n\n${json}`, ['b = 1', 'c =', 'json.q = 1']],
  ['a request without a body', 'GET /a?b=1 HTTP/1.1\n\n', ['b = 1']],
  ['a request without a version', 'GET /a?b=1', ['b = 1']],
  ['empty lines before it', '\n\nGET /a?b=1 HTTP/1.1\n\n', ['b = 1']],
  ['a response', `HTTP/1.1 200 OK\nContent-Type: application/json\n\n${json}`, ['json.q = 1']],
  ['a folded header', `Content-Type:\n application/json\n\n${json}`, ['json.q = 1']],
  ['an odd spelling', `CONTENT-TYPE : application/json\n\n${json}`, ['json.q = 1']],
  [
    'JSON in base64',
    'Content-Type: application/json\nContent-Transfer-Encoding: base64\n\neyJxIjoxfQ==',
    ['json.q = 1'],
  ],
  ['text', 'Subject: s\n\ntext', []],
  ['no content', 'Content-Type: application/json', []],
  ['nothing', '', []],
];

function read(chunks: readonly Uint8Array[], headBytesMax = limits.multipartHeaderBytesMax): string[] {
  const openTyped = (type: string, sink: ConstructorParameters<typeof JsonDecoder>[0]): JsonDecoder | undefined =>
    type === 'application/json' ? new JsonDecoder(sink, limits) : undefined;
  const bounds = { ...limits, multipartHeaderBytesMax: headBytesMax };
  return runDecoder((sink) => new MessageDecoder({ sink, openTyped, limits: bounds }), chunks);
}

describe('MessageDecoder', () => {
  for (const [why, message, expected] of cases) {
    for (const [ends, text] of [
      ['CRLF', message.replaceAll('\n', '\r\n')],
      ['LF', message],
    ] as const) {
      it(`reads ${why} in lines that end with ${ends}, at every cut`, () => {
        for (const { name, chunks } of everyCut(Buffer.from(text))) {
          const lines = read(chunks).filter((line) => !/^(?:FACT|THROWS)/.test(line));
          expect(
            lines.map((line) => line.replace(/^ARGS_POST /, '')),
            name,
          ).toStrictEqual(expected);
        }
      });
    }
  }

  it('decodes content that is encoded', () => {
    expect(read([Buffer.from('Content-Transfer-Encoding: "base64"\n\nPA==')])).toStrictEqual(['FILE_CONTENT  = <']);
  });

  it('rejects a head above its limit', () => {
    for (const { name, chunks } of everyCut(Buffer.from('a: 123456\n\n'))) {
      expect(() => {
        const decoder = new MessageDecoder({
          sink: { begin() {}, write() {}, end() {}, fact() {} },
          openTyped: () => undefined,
          limits: { ...limits, multipartHeaderBytesMax: 9 },
        });
        for (const chunk of chunks) decoder.write(chunk);
      }, name).toThrow(expect.objectContaining({ code: 'body.limit' }));
    }
  });
});

describe('isMessage', () => {
  it('decides by the type', () => {
    for (const type of ['application/http', 'message/rfc822', 'message/http', 'message/global'])
      expect(isMessage(type)).toBeTruthy();
    for (const type of ['application/json', 'message/delivery-status', 'text/plain', ''])
      expect(isMessage(type)).toBeFalsy();
  });
});
