import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printable, redactLogData, redactTarget, redactValue } from '../../src/telemetry/redact.ts';

describe('printable', () => {
  it('keeps printable ASCII', () => {
    assert.equal(printable('GET /a?b="c" HTTP/1.1'), 'GET /a?b="c" HTTP/1.1');
  });

  it('leaves nothing that begins a line, moves a cursor or hides text', () => {
    assert.equal(printable('a\r\nb\x1b[2J\x00\x7f\xff\\'), 'a\\x0d\\x0ab\\x1b[2J\\x00\\x7f\\xff\\\\');
    for (let unit = 0; unit < 256; unit += 1) assert.match(printable(String.fromCharCode(unit)), /^[\x20-\x7e]+$/);
  });

  it('is bounded', () => {
    assert.equal(printable('x'.repeat(10_000)).length, 512 + 3);
    assert.ok(printable('\x00'.repeat(10_000)).length <= 4 * 512 + 3);
  });
});

describe('redactValue', () => {
  it('shows the ends of a long value and nothing of a short one', () => {
    assert.equal(redactValue('4111111111111111'), '[16 bytes]');
    assert.equal(redactValue("1' OR 'a'='a' -- and more"), "1' O[17 bytes]more");
    assert.equal(redactValue(''), '[0 bytes]');
  });
});

describe('redactLogData', () => {
  it('hides values unless they are asked for', () => {
    const data = 'Matched Data: union select found within ARGS:q';
    assert.doesNotMatch(redactLogData(data, 'ARGS:q', 'redacted'), /union select/);
    assert.equal(redactLogData(data, 'ARGS:q', 'full'), data);
  });

  it('hides what sounds like a secret in any case', () => {
    for (const variable of ['ARGS:password', 'REQUEST_COOKIES:sid', 'REQUEST_HEADERS:Authorization', 'ARGS:api_key']) {
      assert.doesNotMatch(
        redactLogData('hunter2 hunter2 hunter2 hunter2', variable, 'full'),
        /hunter2 hunter2/,
        variable,
      );
    }
  });
});

describe('redactTarget', () => {
  it('keeps the path and the names', () => {
    assert.equal(redactTarget('/a/b?user=alice&x', 'redacted'), '/a/b?user=[5 bytes]&[1 bytes]');
    assert.equal(redactTarget('/a/b', 'redacted'), '/a/b');
    assert.equal(redactTarget('/a?b=c\n', 'full'), '/a?b=c\\x0a');
  });
});
