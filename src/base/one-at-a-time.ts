// Calls that must not overlap, and of which none may be answered by one that began before it came. Knows no call.

/** Runs one call at a time: those that come meanwhile share the next one, which begins after they came. */
export function oneAtATime<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;
  const begin = (): Promise<Result> => {
    const running = run().finally(() => {
      if (current === running) current = undefined;
    });
    current = running;
    next = undefined;
    return running;
  };
  return () => {
    if (current === undefined) return begin();
    next ??= current.then(begin, begin);
    return next;
  };
}
