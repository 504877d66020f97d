// Templates in request data.

import { describe, expect, it } from 'vitest';
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
      expect(expandTemplate(text)).toBe(expanded);
    });
  }

  for (const text of ['{{7*7}}', '{{ .Value }}', '{{ "a" | upper }}', '{{ "a" | repeat -1 }}', 'a{{', '{{ "a }}']) {
    it(`refuses ${text}`, () => {
      expect(() => expandTemplate(text)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/only \{\{ "text" \}\}/) }),
      );
    });
  }

  it('refuses a result above the limit before making it', () => {
    const most = constants.testBodyBytesMax;
    expect(expandTemplate(`{{ "1" | repeat ${most} }}`).length).toBe(most);
    expect(() => expandTemplate(`{{ "1" | repeat ${most + 1} }}`)).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
    expect(() => expandTemplate('{{ "1" | repeat 99999999999999999999 }}')).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
