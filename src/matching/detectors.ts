// Operators implemented by a native detector, and its native name. Knows no rule.

/** SecLang operator → detector (`native/engine/detect/detector.cc`). */
export const detectors = {
  detectSQLi: 'sqli',
  detectXSS: 'xss',
} as const;

/** A detector: a batch scan runs it on whole values and reports hits like those of a pattern; streams do not support it. */
export type DetectorName = (typeof detectors)[keyof typeof detectors];

/** The detector for an operator; undefined if there is none. */
export function detectorOf(operator: string): DetectorName | undefined {
  return Object.hasOwn(detectors, operator) ? detectors[operator as keyof typeof detectors] : undefined;
}
