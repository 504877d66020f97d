// The transformations of SecLang: their names, how each works on a value that arrives in pieces, and differences from other
// engines. The implementation is native code, one file each in native/engine/transform.

/**
 * How a transformation works on a stream. `running`: output follows input at once, with a few bytes of state. `at-end`: a few
 * bytes of state, output at the value's end. `window`: exact while the part it may still change fits into its window; otherwise
 * it reports that.
 */
export type TransformStreaming = 'running' | 'at-end' | 'window';

/** Facts of one transformation. */
export interface TransformFacts {
  readonly streaming: TransformStreaming;
  /** What it does, for documentation. */
  readonly summary: string;
  /** Other spellings of its name. */
  readonly aliases?: readonly string[];
  /** Where ModSecurity v3 and Coraza differ from each other or from Weir, and Weir's choice. */
  readonly choice?: string;
}

const running = (summary: string, choice?: string): TransformFacts => ({
  streaming: 'running',
  summary,
  ...(choice === undefined ? {} : { choice }),
});
const atEnd = (summary: string): TransformFacts => ({ streaming: 'at-end', summary });
const inWindow = (summary: string, choice?: string): TransformFacts => ({
  ...running(summary, choice),
  streaming: 'window',
});

/** Every native transformation by canonical SecLang name, without `t:`. */
export const transformFacts: ReadonlyMap<string, TransformFacts> = new Map<string, TransformFacts>([
  [
    'base64Decode',
    running(
      'decodes Base64 up to the first byte that is not a digit; line ends are skipped',
      'what was decoded before an invalid byte is kept, as in Coraza',
    ),
  ],
  [
    'base64DecodeExt',
    running(
      'decodes Base64, skipping every byte that is not a digit',
      'as the ModSecurity manual says; Coraza skips only white space and dots',
    ),
  ],
  ['base64Encode', running('encodes as Base64 with padding')],
  ['cmdLine', running('drops quotes, backslashes and carets, folds separators to one space, folds case')],
  ['compressWhitespace', running('makes one space of each run of white space')],
  [
    'cssDecode',
    running(
      'decodes CSS escapes',
      'an escape becomes the low byte of its code, as in ModSecurity v3; Coraza writes UTF-8',
    ),
  ],
  ['escapeSeqDecode', running('decodes C escapes')],
  [
    'hexDecode',
    running(
      'decodes pairs of hexadecimal digits',
      'a byte that is not a digit counts by the formula of ModSecurity v3; Coraza gives up on the value',
    ),
  ],
  ['hexEncode', running('writes each byte as two hexadecimal digits')],
  [
    'htmlEntityDecode',
    running(
      'decodes numeric entities and the named entities of ASCII characters',
      'the five names of ModSecurity v3 with or without semicolon, the other ASCII names of HTML with it; a code above 255 becomes its low byte, as in ModSecurity v3',
    ),
  ],
  ['jsDecode', running('decodes JavaScript escapes')],
  ['length', atEnd('the number of bytes, in decimal')],
  ['lowercase', running('folds A-Z to a-z')],
  ['md5', atEnd('the 16 bytes of the MD5 digest')],
  [
    'normalizePath',
    {
      ...inWindow(
        'removes empty and "." segments of a path and resolves ".."',
        'a path that resolves to the root is "/", as in Coraza; empty in ModSecurity v3',
      ),
      aliases: ['normalisePath'],
    },
  ],
  [
    'normalizePathWin',
    { ...inWindow('as normalizePath, with the backslash taken as a slash'), aliases: ['normalisePathWin'] },
  ],
  ['parityEven7bit', running('sets the eighth bit to even parity')],
  ['parityOdd7bit', running('sets the eighth bit to odd parity')],
  ['parityZero7bit', running('clears the eighth bit')],
  [
    'removeComments',
    running(
      'drops C and HTML comments, and everything from -- or # on',
      'ModSecurity v3 copies the byte after a comment unseen, so that a second comment behind it stays; here it goes',
    ),
  ],
  ['removeCommentsChar', running('drops the marks of comments and keeps what is between them')],
  ['removeNulls', running('drops NUL bytes')],
  [
    'removeWhitespace',
    running('drops white space', 'also the bytes A0 and C2, as ModSecurity v3; Coraza drops Unicode white space'),
  ],
  ['replaceComments', running('makes one space of each C comment, also of one that does not end')],
  ['replaceNulls', running('makes a space of each NUL')],
  ['sha1', atEnd('the 20 bytes of the SHA-1 digest')],
  ['sqlHexDecode', running('decodes 0x literals of SQL', 'a NUL does not end the value; in ModSecurity v3 it does')],
  ['trim', inWindow('drops white space at both ends')],
  ['trimLeft', running('drops white space at the start')],
  ['trimRight', inWindow('drops white space at the end')],
  ['uppercase', running('folds a-z to A-Z')],
  ['urlDecode', running('decodes %HH, and + to a space')],
  [
    'urlDecodeUni',
    running(
      'decodes %HH, %uHHHH, and + to a space',
      'a %uHHHH becomes the ASCII character it looks like, else its low byte, as ModSecurity does with the Unicode map of its recommended configuration',
    ),
  ],
  ['urlEncode', running('encodes all but letters, digits and *')],
  [
    'utf8toUnicode',
    running(
      'writes each UTF-8 sequence beyond ASCII as %uHHHH',
      'bytes that are not a sequence are copied, as in ModSecurity v3; Coraza writes U+FFFD. Overlong sequences are written as what they stand for',
    ),
  ],
]);
