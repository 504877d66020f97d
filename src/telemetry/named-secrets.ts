// Values in a text that follow the name of a secret: in forms, JSON, XML, headers and parts of multipart bodies. Takes time
// proportional to the text, because clients choose it. Knows no log and no rule.

import { isSecretName } from './secrets.ts';

type Span = readonly [from: number, to: number];

/** One syntax in which a text names a value. */
interface Naming {
  /** Finds a name, group 1. */
  readonly looks: RegExp;
  /** The position of the named value; called for names of secrets only. */
  readonly spanOf: (text: string, found: RegExpExecArray) => Span | undefined;
}

const namings: readonly Naming[] = [
  { looks: /(?:^|[;\s])name\*?=["']?([^"\r\n;]{1,256})/gi, spanOf: partOf },
  { looks: /<([\w.:-]{1,64})(?:\s[^<>]{0,256})?>/g, spanOf: elementOf },
  {
    looks:
      /(-{0,2}[\w.]{0,32}(?:passw(?:or)?d|passwort|passphrase|passcode|pwd|kennwort|wachtwoord|senha|contrase\S{1,2}a|mot de passe))\s{1,8}(?:(?:is|was|to|as|ist|lautet|est|es)\s{1,8})?(?=\S)/gi,
    spanOf: spoken,
  },
  { looks: /([\w.:[\]%\\-]{1,64})(["']?)\s{0,8}(=>|[:=])\s{0,8}/g, spanOf: assigned },
];

/** The text without values whose names suggest a secret. Removes too much rather than too little. */
export function withoutNamedSecrets(text: string): string {
  return namings.reduce(withoutValues, text);
}

function withoutValues(text: string, { looks, spanOf }: Naming): string {
  let shown = '';
  let from = 0;
  looks.lastIndex = 0;
  // A value that is not a secret can itself contain a name and a secret, so only secrets are skipped.
  for (let found = looks.exec(text); found !== null; found = looks.exec(text)) {
    const value = isSecretName(found[1] as string) ? spanOf(text, found) : undefined;
    if (value === undefined || value[0] === value[1]) continue;
    shown += `${text.slice(from, value[0])}[secret]`;
    from = value[1];
    looks.lastIndex = from;
  }
  return shown + text.slice(from);
}

const endOf = (found: RegExpExecArray): number => found.index + found[0].length;

/** The first match of a global or sticky pattern from an offset. */
function matchFrom(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** The content of a part of a multipart body: from the empty line to the next delimiter. */
function partOf(text: string, found: RegExpExecArray): Span | undefined {
  const blank = matchFrom(/\r?\n\r?\n/g, text, endOf(found));
  if (blank === null) return undefined;
  return [endOf(blank), matchFrom(/\r?\n--/g, text, endOf(blank))?.index ?? text.length];
}

/** The word after one for a password, in prose or as a command-line option. In prose only if it is not a plain word. */
function spoken(text: string, found: RegExpExecArray): Span | undefined {
  const word = matchFrom(/[^\s,;]{1,256}/y, text, endOf(found));
  if (word === null) return undefined;
  const isOption = (found[1] as string).startsWith('-');
  if (/^[[:]|[=<>]/.test(word[0])) return undefined;
  const isPlain = /^["'(]?\p{L}*(?:['-]\p{L}+)*[.!?:)"']*$/u.test(word[0]);
  return isOption || !isPlain ? [word.index, endOf(word)] : undefined;
}

/** The content of an element, including elements and CDATA in it. */
function elementOf(text: string, found: RegExpExecArray): Span {
  const end = text.indexOf(`</${found[1]}`, endOf(found));
  return [endOf(found), end === -1 ? text.length : end];
}

/** The value after `=`, `:` or `=>`. */
function assigned(text: string, found: RegExpExecArray): Span {
  const from = endOf(found);
  const [, , quote, sign] = found;
  const opener = matchFrom(/\\*["']/y, text, from)?.[0];
  if (opener !== undefined && opener.length > 1) {
    // For JSON inside a JSON text, the closing quote is escaped equally often.
    const end = text.indexOf(opener, from + opener.length);
    return [from, end === -1 ? text.length : end + opener.length];
  }
  const whole =
    // The mark of an earlier removal, or a quoted text; the end of an object or array is not determined here.
    matchFrom(/\[[a-z -]+\]/y, text, from) ??
    matchFrom(/"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|[[{].*/sy, text, from) ??
    matchFrom(quote !== '' ? /[^\s,}\]]*/y : sign === ':' ? /[^\r\n]*/y : /[^\s&;]*/y, text, from);
  return [from, whole === null ? from : endOf(whole)];
}
