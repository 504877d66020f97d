// The one error class of Weir and its closed set of codes. Codes are stable: users, metrics and the failure policy rely on them.
// No part of an error's message ever reaches a client.

/** Every way Weir's own code can fail. The first word is the module that raises it. */
export type ErrorCode =
  | 'config.invalid'
  | 'seclang.syntax'
  | 'seclang.unsupported'
  | 'seclang.include'
  | 'pack.malformed'
  | 'pack.refused'
  | 'pack.registry'
  | 'plan.invalid'
  | 'native.missing'
  | 'native.argument'
  | 'native.closed'
  | 'native.busy'
  | 'native.limit'
  | 'pattern.compile'
  | 'scan.failed'
  | 'admission.overload'
  | 'admission.quarantine'
  | 'body.malformed'
  | 'body.limit'
  | 'body.unsupported'
  | 'body.charset'
  | 'body.overload'
  | 'protocol.order'
  | 'protocol.malformed'
  | 'deadline.exceeded'
  | 'profile.unknown'
  | 'profile.ambiguous'
  | 'api.misuse'
  | 'internal';

/**
 * An error of Weir itself. `code` says what failed, `message` gives the details with numbers ("field name is 513 bytes, limit
 * 512"), `cause` keeps the original error.
 */
export class WafError extends Error {
  override readonly name: string = 'WafError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether the body caused the error: it is malformed, above a limit, or in an unknown encoding. */
export function isBodyError(thrown: unknown): thrown is WafError {
  return thrown instanceof WafError && thrown.code.startsWith('body.');
}

/** Turns whatever was thrown into a `WafError`: itself when it is one, else `internal` with the cause kept. */
export function asWafError(thrown: unknown): WafError {
  if (thrown instanceof WafError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WafError('internal', message, { cause: thrown });
}

/** Marks a branch that the type checker knows cannot be reached; throws `internal` if it is reached nevertheless. */
export function assertNever(value: never): never {
  throw new WafError('internal', `unexpected value ${JSON.stringify(value)}`);
}
