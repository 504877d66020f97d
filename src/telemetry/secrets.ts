// Recognizes secrets in a text by name, by format, and by position in a path. Knows no log and no rule.

/** Parts of names that indicate a secret anywhere in the name. */
const secretParts =
  /passw|passphrase|passcode|secret|token|auth|cookie|sess(?:ion)?[-_.]?(?:id|key)?\]?$|credential|credit|card|iban|signature|private|csrf|xsrf/i;

/** Words for passwords and the like in other languages, without accents. */
const foreignParts = new RegExp(
  [
    'kennwort|passwort|geheim|losung|zugangsdaten', // German
    'mot[-_. ]?de[-_. ]?passe|motdepasse|code[-_. ]?secret', // French
    'contrase[n\u00f1]a|clave', // Spanish
    'senha|palavra[-_. ]?passe', // Portuguese
    'parola|chiave[-_. ]?segreta', // Italian, Turkish and Romanian
    'wachtwoord|wachtzin', // Dutch
    'losenord|adgangskode|kodeord|salasana|l[o\u00f6]senord', // Swedish, Danish, Finnish
    'haslo|has\u0142o|heslo|jelsz[o\u00f3]|lozinka|geslo|slaptazodis|parole', // Polish, Czech, Hungarian, Croatian, Slovene, Baltic
    'sifre|\u015fifre|kata[-_. ]?sandi|mat[-_. ]?khau', // Turkish, Indonesian, Vietnamese
    '\u043f\u0430\u0440\u043e\u043b|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638', // Russian, Chinese, Japanese, Korean
  ].join('|'),
  'i',
);

/** A byte string decoded as UTF-8; unchanged if it is not UTF-8. */
function asUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** Words that indicate a secret only as a whole word: `pin`, `user_pin`, `userPin`, not `shipping`. */
const secretWords: ReadonlySet<string> = new Set(
  'assertion code csc cvc cvc2 cvv cvv2 jwt key mfa nonce otp pass pin pw pwd sid sig ssn tan totp apikey passwd mdp pwort kode haslo'.split(
    ' ',
  ),
);

/** Characters of a name that are examined. */
const nameCharactersMax = 512;

/** Decodes percent escapes, but not `+`. Never throws. */
export function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/**
 * Decodes escapes of URLs and of strings in JSON and scripts, and removes the NULs that UTF-16 puts between letters. Never
 * throws.
 */
export function unescaped(text: string): string {
  const plain = text.replace(/\\(?:u00|x)([0-9a-f]{2})|\0/gi, (_, digits: string | undefined) =>
    digits === undefined ? '' : String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return percentDecoded(plain);
}

/** Whether a name suggests a secret: `password`, `user[pwd]`, `X-Api-Key`, `REQUEST_COOKIES:a`, `p%61ssword`. */
export function isSecretName(name: string): boolean {
  const text = unescaped(unescaped(name.slice(0, nameCharactersMax)));
  if (secretParts.test(text) || foreignParts.test(asUtf8(text))) return true;
  const words = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/);
  return words.some((word) => secretWords.has(word.toLowerCase()));
}

/** Whether `length` digits from an offset pass the check of ISO/IEC 7812-1 (Luhn). */
function isLuhn(digits: string, from: number, length: number): boolean {
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = (digits.charCodeAt(from + length - 1 - index) - 0x30) * (index % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Prefixes of card numbers with 14, 15, 16 and 19 digits (ISO/IEC 7812-1 issuers in use). */
const issuers: readonly (readonly [digits: number, begins: RegExp])[] = [
  [14, /^3[0689]/],
  [15, /^3[47]/],
  [16, /^(?:2[2-7]|35|4|5[0-8]|6)/],
  [19, /^[4-6]/],
];

/** Whether a run of digits and separators is or contains a card number. */
function holdsCard(run: string): boolean {
  const digits = run.replace(/\D/g, '');
  if (digits.length <= 19 && isLuhn(digits, 0, digits.length)) return true;
  for (const [length, begins] of issuers) {
    for (let from = 0; from + length <= digits.length; from += 1) {
      if (isLuhn(digits, from, length) && begins.test(digits.slice(from, from + 2))) return true;
    }
  }
  return false;
}

/** Whether it is an IBAN (ISO 13616-1: the remainder modulo 97 is one). */
function isIban(text: string): boolean {
  const plain = text.replace(/ /g, '').toUpperCase();
  let remainder = 0;
  for (const unit of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Whether a run of letters, digits, `-` and `_` looks random rather than written by a person. */
function isRandom(run: string, charactersMin: number): boolean {
  if (/^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(run)) return true;
  if (run.length < charactersMin) return false;
  const digits = run.replace(/\D/g, '').length;
  if (/^[0-9a-f]+$/i.test(run)) return digits >= 3;
  return digits >= 2 && /[a-z]/.test(run) && /[A-Z]/.test(run);
}

/** One kind of secret: its replacement, its pattern, and an additional check. */
interface SecretKind {
  readonly mark: string;
  readonly looks: RegExp;
  readonly isOne?: (text: string) => boolean;
}

const kinds: readonly SecretKind[] = [
  { mark: '[private key]', looks: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]*(?:-----END[^-]{0,60}-----)?/g },
  { mark: '[jwt]', looks: /\beyJ(?:[\w-]{4,}(?:\.[\w-]*){1,4}|(?:hbGci|0eXAi|raWQi|jdHki)[\w-]*)/g },
  {
    mark: '[credentials]',
    looks: /\b(?:Basic|Bearer|Digest|Negotiate|NTLM)\s+[\w.~+/=-]{4,}/gi,
    isOne: (text) => !/^\w+\s+[a-z]{1,19}$/i.test(text) || /[a-z][A-Z]/.test(text.replace(/^\w+\s+/, '')),
  },
  { mark: '//[credentials]@', looks: /\/\/[^\s/@]{1,256}@/g },
  {
    mark: '[token]',
    looks:
      /\b(?:A[KS]IA[A-Z0-9]{16}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|[prs]k_(?:live|test)_\w{10,}|sk-[\w-]{16,}|AIza[\w-]{30,}|ya29\.[\w-]{16,}|npm_\w{30,}|pypi-[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,})/g,
  },
  { mark: '[iban]', looks: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gi, isOne: isIban },
  { mark: '[card]', looks: /\d(?:[\s+./_-]{0,2}\d){12,}/g, isOne: holdsCard },
  { mark: '[number]', looks: /\b\d{3}-\d{2}-\d{4}\b/g },
  { mark: '[token]', looks: /[A-Za-z0-9_-]{20,}={0,2}/g, isOne: (text) => isRandom(text.replace(/=+$/, ''), 20) },
  { mark: '[token]', looks: /[A-Za-z0-9+/_-]{16,}={0,2}/g, isOne: hidesSecret },
];

/** Whether it is base64 of a text that contains a secret. */
function hidesSecret(text: string): boolean {
  const plain = Buffer.from(text, 'base64').toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(plain) && withoutSecretKinds(plain) !== plain;
}

/**
 * The text without secrets recognized by format: card numbers and IBANs with valid check digits, JSON web tokens, HTTP and URL
 * credentials, keys of well-known services, private keys, and long runs of letters and digits that look random. Removes too much
 * rather than too little.
 */
export function withoutSecretKinds(text: string): string {
  let result = text;
  for (const { mark, looks, isOne } of kinds) {
    result = result.replace(looks, (found) => (isOne === undefined || isOne(found) ? mark : found));
  }
  return result;
}

/** The text without e-mail addresses, which are personal data. */
export function withoutAddresses(text: string): string {
  return text.replace(/[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g, '[e-mail]');
}

/** Path segments that are followed by a secret. */
const openers =
  /^(?:.*[_.-])?(?:reset|verify|verification|confirm|confirmation|activate|activation|invite|invitations?|magic|unsubscribe|tokens?|passwords?|secrets?|otp|keys?|apikeys?)(?:[_.-].*)?$/i;

/** Whether a path segment indicates that the following ones are secrets: `reset`, `reset-password`, `token`. */
export function isOpener(segment: string): boolean {
  return openers.test(segment);
}

/** Whether a path segment is not a word of an application: a number of nine or more digits, an identifier, an address. */
export function isOpaqueSegment(segment: string): boolean {
  const text = percentDecoded(segment);
  return /\d{9}/.test(text) || text.length > 64 || isRandom(text, 16) || withoutSecretKinds(text) !== text;
}
