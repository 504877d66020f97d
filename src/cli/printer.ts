// Where the texts of a command go: what was asked for apart from what is wrong. Knows no command.

/** Where texts go. */
export interface Printer {
  /** What was asked for. */
  readonly print: (text: string) => void;
  /** What is wrong, and what the user should know besides. */
  readonly warn: (text: string) => void;
}

/** Standard output and standard error. */
export const standardPrinter: Printer = {
  print: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(text),
};
