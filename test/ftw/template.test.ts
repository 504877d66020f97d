// Templates in request data.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constants } from '../../src/base/constants.ts';
import { expandTemplate } from '../../src/ftw/template.ts';

const cases: readonly (readonly [text: string, expanded: string])[] = [
  ['', ''],
  ['a=b&c={d}', 'a=b&c={d}'],
  ['{{ "1" | repeat 5 }}', '11111'],
  ['{{"ab"|repeat 2}}', 'abab'],
  ['x{{ "1" | repeat 0 }}y', 'xy'],
  ['{{ "1" | repeat 2 }}-{{ "2" | repeat 3 }}', '11-222'],
  ['a {{- "1" -}} b', 'a1b'],
  ['{{ "{{" }}7*7}}', '{{7*7}}'],
  ['{{ `a\\n` | repeat 2 }}', 'a\\na\\n'],
  ['{{ "a\\n\\x41\\"" }}', 'a\nA"'],
  ['\xc3\xa9{{ "\xc3\xa9" | repeat 2 }}', '\xc3\xa9\xc3\xa9\xc3\xa9'],
];

describe('expandTemplate', () => {
  for (const [text, expanded] of cases) {
    it(`makes ${JSON.stringify(expanded)} of ${JSON.stringify(text)}`, () => {
      assert.equal(expandTemplate(text), expanded);
    });
  }

  for (const text of ['{{7*7}}', '{{ .Value }}', '{{ "a" | upper }}', '{{ "a" | repeat -1 }}', 'a{{', '{{ "a }}']) {
    it(`refuses ${text}`, () => {
      assert.throws(() => expandTemplate(text), { code: 'config.invalid', message: /only \{\{ "text" \}\}/ });
    });
  }

  it('refuses a result above the limit before making it', () => {
    const most = constants.testBodyBytesMax;
    assert.equal(expandTemplate(`{{ "1" | repeat ${most} }}`).length, most);
    assert.throws(() => expandTemplate(`{{ "1" | repeat ${most + 1} }}`), { code: 'config.invalid' });
    assert.throws(() => expandTemplate('{{ "1" | repeat 99999999999999999999 }}'), { code: 'config.invalid' });
  });
});
