// Values that make transformations and detectors work hardest, as far as we could find: the beginning of an escape, a comment or a path
// segment, incomplete, over and over.

/** Repeated to any length; byte strings. Each is given to every transformation and detector. */
const worstFills: readonly string[] = [
  ...['a', ' ', 'a ', ' a', '\0', 'a\0', '\t\n', '\r\n', '\xa0', '\xc2\xa0'],
  // Escapes: complete, cut short, and only their first byte.
  ...['%', '%4', '%41', '%25', '%u', '%u00', '%u0041', '+'],
  ...['&', '&#', '&#x', '&#1', '&#0', '&#x41', '&#65;', '&amp', '&amp;', '&ampamp;', '&lt;&gt', '&NewLine;'],
  ...['\\', '\\\\', '\\x', '\\x4', '\\x41', '\\u', '\\u00', '\\u0041', '\\0', '\\101', '\\n', '\\a ', '\\\n', '\\41 '],
  ...['0', '0x', '0x4', '0x41', '0x414', "x'41'", '00x0'],
  // Comments.
  ...['/', '*', '/*', '*/', '/**/', '/*/', '/*a', '<!--', '<!-', '-->', '<!---->', '-', '--', '#', '-- \n', '/*!', '<'],
  // Paths.
  ...['./', '../', '/..', '/.', '//', '/./', 'a/../', 'a/', '/a/b/../..', '\\..\\', '..\\', '.', '..', '..../'],
  // Base64 and hexadecimal.
  ...['QUFB', 'QQ==', '=', 'Q=', 'Q\n', '-_', '4', '4g', '41', 'zz'],
  // UTF-8: complete, cut short, overlong, and continuation bytes alone.
  ...['\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x98\x80', '\xc3', '\xe2\x82', '\xf0\x9f\x98', '\x80', '\xff', '\xc0\xaf'],
  // SQL and scripts, for detectors.
  ...["'", '"', "''", "'or", "' or 1=1 ", '(', '()', '((', ';', ',', '1,', '@', '@@', '`', '[', 'x', '1', '1.', '1e'],
  ...[
    'select ',
    'union select ',
    'a.b.',
    'a=',
    'on=',
    '<a ',
    '<a b',
    '<a b=',
    '<a b="',
    '</',
    '<?',
    '<![',
    'javascript:',
  ],
  ...['{', '${', '|', '&&', '$(', '= =', '<>', 'case when ', 'not ', '!', '~', "q'[", '$$', "e'"],
];

/** `bytes` bytes of `fill`. */
export function flood(fill: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, fill, 'latin1');
}

/** Fills for values whose beginning differs from the rest: `[start, fill]`. */
const worstStarts: readonly (readonly [start: string, fill: string])[] = [
  ['/*', 'a'],
  ['/*', '*'],
  ['<!--', '-'],
  ['&#', '0'],
  ['&#x', '0'],
  ['&', 'a'],
  ['/', '../'],
  [' ', ' a'],
  ["'", 'a'],
  ['"', '\\"'],
  ['<a href="', '&#106;'],
  ['<a href=', 'javascript'],
  ['0x', '4'],
  ['select ', "'"],
  ['1 ', '(select '],
  ['$a$', '$a'],
];

/** All of them: `[what they consist of, how they are made]`. */
export const worstValues: readonly (readonly [name: string, make: (bytes: number) => Buffer])[] = [
  ...worstFills.map((fill) => [JSON.stringify(fill), (bytes: number) => flood(fill, bytes)] as const),
  ...worstStarts.map(
    ([start, fill]) =>
      [
        JSON.stringify(`${start} ${fill}…`),
        (bytes: number) => Buffer.concat([Buffer.from(start, 'latin1'), flood(fill, bytes - start.length)]),
      ] as const,
  ),
];
