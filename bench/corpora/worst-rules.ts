// Patterns and rule text that make the rule parser and compiler work hardest, as far as we could find: brackets that are not closed,
// endless lists, continued lines. Rules are trusted, but a pack of megabytes must load.

/** `start`, then `fill` over and over, then `end`. Byte strings. */
export type WorstRuleText = readonly [start: string, fill: string, end: string];

/** Patterns. Some are rejected, which must not take longer either. */
export const worstPatterns: readonly WorstRuleText[] = [
  ...['a', '[a]', '(?:a)', '(?:a|b)?', 'a{2}', 'a|', 'a?', '.*', '\\w+', '[^a]+b', '\\x80', '^a|', '\\ba'].map(plain),
  ...['a{', '\\Q', '\\Q\\E', '(?#)', '[[:', '[.', '(?i)', '\\x{'].map(plain),
  ['(?:', 'a|', ')'],
  ['(?:', 'a?', ')*'],
  ['(?:(?:', '(?:ab|[c-e]+)', ')*x)+'],
  ['[', 'ab', ']'],
  ['[', '[:alpha:]', ']'],
  ['[', '\\x41-\\x5a', ']'],
  ['(?x)', 'a # b\n', ''],
  ['^', 'a', '$'],
];

/** Rule files. */
export const worstRuleTexts: readonly WorstRuleText[] = [
  ...['\\ ', '"\\"', '\\\n', '# \n', '\\\n#\n', 'a "', '" \\\n', 'a b ', 'SecRule\n', 'SecRuleEngine On\n'].map(plain),
  ['', 'SecRule ARGS|!ARGS:a "@rx a\\"b" \\\n  "id:1,\\\n  msg:\'a\',\\\n  deny"\n', ''],
  ['', 'SecRule ARGS "@rx a" "id:1,pass,chain"\n', ''],
  ['SecAction "id:1', ',tag:a', '"\n'],
  ['SecAction "id:1', ',\\\n  tag:a', '"\n'],
  ['SecAction "id:1', ',setvar:tx.a=+1', '"\n'],
  ['SecAction "id:1,msg:\'', '\\\\', '\'"\n'],
  ['SecAction "id:1,msg:a', ' ', 'b"\n'],
  ['SecRule ARGS', '|ARGS:a,b', ' "@rx a" "id:1"\n'],
  ['SecRule ARGS:', ',', '| "@rx a" "id:1"\n'],
  ['SecRule ARGS:', ',A', '| "@rx a" "id:1"\n'],
  ["SecRule ARGS:'/", '\\/', '/\' "@rx a" "id:1"\n'],
  ['SecRule ARGS "@pm', ' a', '" "id:1"\n'],
];

function plain(fill: string): WorstRuleText {
  return ['', fill, ''];
}

/** About `bytes` bytes of it. */
export function ruleTextOf([start, fill, end]: WorstRuleText, bytes: number): string {
  return start + fill.repeat(Math.max(0, Math.floor((bytes - start.length - end.length) / fill.length))) + end;
}
