// How a phase is run: whole, or as far as can be told before a body has ended. Knows no rule and no exchange.

/** `whole`: the phase as SecLang says. `early`: only what more input cannot undo, while a body is still arriving. */
export type EvaluationMode = 'whole' | 'early';
