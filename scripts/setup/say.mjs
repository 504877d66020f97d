// The set-up's messages to a new user: what is being done, how long it usually takes, what to do when it fails.

/** Prints one line about the set-up, to stderr so that a command's own output stays clean. */
export function say(line) {
  process.stderr.write(`[set-up] ${line}\n`);
}

/** A failure with its cure: `problem` says what went wrong, `cure` what the reader can do about it. */
export class SetupError extends Error {
  constructor(problem, cure) {
    super(problem);
    this.name = 'SetupError';
    this.cure = cure;
  }
}

/** Prints a failure and its cure; anything that is not a `SetupError` is a bug of ours and is printed with its stack. */
export function sayFailure(error) {
  if (!(error instanceof SetupError)) {
    say(`unexpected failure: ${error instanceof Error ? error.stack : String(error)}`);
    return;
  }
  say(`FAILED: ${error.message}`);
  for (const line of error.cure.split('\n')) say(`  ${line}`);
}
