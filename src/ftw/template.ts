// The one Go template that go-ftw tests use in request data: a repeated quoted text. Knows no requests.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';

const action = /\{\{(-?)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*(?:\|\s*repeat\s+(\d+)\s*)?(-?)\}\}/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"' };

/**
 * `text` (a byte string) with each `{{ "text" }}` and `{{ "text" | repeat N }}` replaced, like Go's text/template with sprig's
 * `repeat`. Copies if there is one.
 * @throws WafError `config.invalid` for any other `{{`, and for a result longer than `testBodyBytesMax`.
 */
export function expandTemplate(text: string): string {
  let expanded = '';
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    action.lastIndex = open;
    const match = action.exec(text);
    if (match === null) {
      throw new WafError(
        'config.invalid',
        `only {{ "text" }} and {{ "text" | repeat N }} are supported, found ${JSON.stringify(text.slice(open, open + 40))}; ` +
          'for braces themselves write {{ "{{" }} or percent-encode them',
      );
    }
    const [whole, trimsLeft, literal = '', count = '1', trimsRight] = match;
    const before = text.slice(from, open);
    const repeated = unquote(literal);
    assertLength(expanded.length + before.length + repeated.length * Number(count));
    expanded += (trimsLeft === '-' ? before.trimEnd() : before) + repeated.repeat(Number(count));
    from = open + whole.length;
    if (trimsRight === '-') while (/\s/.test(text[from] ?? '')) from += 1;
  }
  return from === 0 ? text : expanded + text.slice(from);
}

function assertLength(bytes: number): void {
  if (bytes > constants.testBodyBytesMax) {
    throw new WafError('config.invalid', `the template gives ${bytes} bytes, limit ${constants.testBodyBytesMax}`);
  }
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9A-Fa-f]{2}|.)/g, (whole, name: string) => {
    if (name.length === 3) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
    return escapes[name] ?? whole;
  });
}
