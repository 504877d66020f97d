// Operators that a native detector answers, and its name in native code. Knows no rule.

/** SecLang operator → detector (`native/engine/detect/detector.cc`). */
export const detectors = {
  detectSQLi: 'sqli',
  detectXSS: 'xss',
} as const;

/** A detector: a batch scan runs it on whole values, with hits as of a pattern; streams know nothing of it. */
export type DetectorName = (typeof detectors)[keyof typeof detectors];

/** The detector that answers an operator; undefined when none does. */
export function detectorOf(operator: string): DetectorName | undefined {
  return Object.hasOwn(detectors, operator) ? detectors[operator as keyof typeof detectors] : undefined;
}
