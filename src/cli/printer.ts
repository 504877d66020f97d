// The output of a command: results separately from errors. Knows no command.

/** Output streams. */
export interface Printer {
  /** Results. */
  readonly print: (text: string) => void;
  /** Errors, warnings and notices. */
  readonly warn: (text: string) => void;
}

/** Standard output and standard error. */
export const standardPrinter: Printer = {
  print: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(text),
};
