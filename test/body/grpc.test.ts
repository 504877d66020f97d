import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { GrpcDecoder } from '../../src/body/grpc.ts';
import { selectDecoder } from '../../src/body/select.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';
import { frame, lengthField } from '../support/protobuf.ts';

function linesAtEveryCut(body: Uint8Array, encoding = '', isJson = false): string[] {
  let first: string[] | undefined;
  for (const { name, chunks } of everyCut(body)) {
    const lines = runDecoder((sink) => new GrpcDecoder(sink, { encoding, isJson, limits }), chunks).filter(
      (line) => !line.startsWith('FACT REQBODY_ERROR_MSG'),
    );
    first ??= lines;
    expect(lines, name).toStrictEqual(first);
  }
  return first ?? [];
}

describe('GrpcDecoder', () => {
  const message = lengthField(1, '<script>');

  it('reads message after message', () => {
    const body = Buffer.concat([frame(message), frame(Buffer.alloc(0)), frame(lengthField(2, lengthField(3, 'x')))]);
    expect(linesAtEveryCut(body)).toStrictEqual(['ARGS_POST grpc.1 = <script>', 'ARGS_POST grpc.2.3 = x']);
  });

  it('decompresses messages', () => {
    const body = Buffer.concat([frame(gzipSync(message), 1), frame(message)]);
    expect(linesAtEveryCut(body, 'gzip')).toStrictEqual(['ARGS_POST grpc.1 = <script>', 'ARGS_POST grpc.1 = <script>']);
  });

  it('reports a compression that it cannot decode', () => {
    const lines = linesAtEveryCut(frame(message, 1), 'snappy');
    expect(lines.includes('FACT BODY_CODING_UNSUPPORTED = snappy')).toBe(true);
    expect(lines.at(-1)).toBe('THROWS body.malformed');
  });

  it('limits what all compressed messages together expand to', () => {
    const bomb = frame(gzipSync(Buffer.alloc(1 << 20)), 1);
    const body = Buffer.concat(Array.from({ length: 20 }, () => bomb));
    const lines = runDecoder((sink) => new GrpcDecoder(sink, { encoding: 'gzip', isJson: false, limits }), [body]);
    expect(lines.at(-1)).toBe('THROWS body.limit');
  });

  it('reads JSON messages', () => {
    const body = Buffer.concat([frame(Buffer.from('{"a":1}')), frame(Buffer.from('[2]'))]);
    expect(linesAtEveryCut(body, '', true)).toStrictEqual([
      'ARGS_POST json.a = 1',
      'ARGS_POST json.0 = 2',
      'ARGS_POST json = 1',
    ]);
  });

  it('reads trailers of gRPC-Web', () => {
    const body = Buffer.concat([frame(message), frame(Buffer.from('grpc-status: 0\r\n'), 0x80)]);
    expect(linesAtEveryCut(body)).toStrictEqual([
      'ARGS_POST grpc.1 = <script>',
      'ARGS_POST grpc.trailers = grpc-status: 0\\x0d\\x0a',
    ]);
  });

  it('rejects what is not a message or not complete, and reports its bytes', () => {
    for (const [body, line] of [
      [frame(Buffer.from('\u0007attack')), 'ARGS_POST grpc = \\x07attack'],
      [frame(message).subarray(0, -3), 'ARGS_POST grpc.1 = <scri'],
      [Buffer.from('at'), 'ARGS_POST grpc = at'],
    ] as const) {
      const lines = linesAtEveryCut(body);
      expect(lines.at(-1)).toBe('THROWS body.malformed');
      expect(
        lines.some((one) => one.startsWith('ARGS_POST grpc')),
        line,
      ).toBe(true);
    }
  });

  it('is chosen by media type, in base64 too', () => {
    const body = frame(message);
    for (const [contentType, bytes] of [
      ['application/grpc', body],
      ['application/grpc+proto', body],
      ['application/grpc-web+proto', body],
      ['application/grpc-web-text', Buffer.from(body.toString('base64'))],
    ] as const) {
      const lines = runDecoder((sink) => selectDecoder({ contentTypes: [contentType], sink, limits }).decoder, [bytes]);
      expect(lines, contentType).toStrictEqual(['ARGS_POST grpc.1 = <script>']);
    }
  });
});
