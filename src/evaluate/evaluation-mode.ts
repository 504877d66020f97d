// How a phase is run: completely, or as far as possible before a body has ended. Knows no rule and no exchange.

/** `whole`: the phase as defined by SecLang. `early`: only what more input cannot undo, while a body is still arriving. */
export type EvaluationMode = 'whole' | 'early';
