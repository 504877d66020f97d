// Sets of rules of one phase, one bit for each, 32 per word. Every phase of every exchange makes one. The words are signed numbers
// in an ordinary array, which V8 keeps where it keeps objects; a typed array of this size has memory of its own, whose allocation
// cost more than what is done with it.

/** A set of rules by their index among the steps of a phase. */
export type RuleBits = readonly number[];

/** The set of those steps for which `holds` is true. */
export function ruleBitsOf<Step>(steps: readonly Step[], holds: (step: Step) => boolean): RuleBits {
  const bits = new Array<number>((steps.length + 31) >>> 5).fill(0);
  steps.forEach((step, index) => {
    if (holds(step)) addRule(bits, index);
  });
  return bits;
}

/** Adds a rule. */
export function addRule(bits: number[], index: number): void {
  const word = index >>> 5;
  bits[word] = (bits[word] as number) | (1 << (index & 31));
}

/** Adds all rules of another set of the same phase. */
export function addRules(bits: number[], others: RuleBits): void {
  for (let word = 0; word < others.length; word += 1) bits[word] = (bits[word] as number) | (others[word] as number);
}

/** Whether a rule is in a set. */
export function hasRule(bits: RuleBits, index: number): boolean {
  return ((bits[index >>> 5] as number) & (1 << (index & 31))) !== 0;
}

/** Whether two sets of the same phase are equal. */
export function areSameRules(one: RuleBits, other: RuleBits): boolean {
  for (let word = 0; word < one.length; word += 1) if (one[word] !== other[word]) return false;
  return true;
}

/** The first rule of a set at or after `from`; past the last rule if there is none. */
export function nextRule(bits: RuleBits, from: number): number {
  let word = from >>> 5;
  let rest = (bits[word] ?? 0) & (-1 << (from & 31));
  while (rest === 0) {
    word += 1;
    if (word >= bits.length) return bits.length * 32;
    rest = bits[word] as number;
  }
  return word * 32 + 31 - Math.clz32(rest & -rest);
}
