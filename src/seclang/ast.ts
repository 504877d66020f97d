// The syntax tree of SecLang: what a rule file says, with where it says it. Knows no engine: names are
// checked against `names.ts`, but nothing here decides whether a rule can run.

/** A place in rule text. Lines and columns count from 1; `file` is as the user named it. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One variable of a SecRule's target list, e.g. `!REQUEST_COOKIES:/__utm/` or `&ARGS`. */
export interface Variable {
  /** Upper-case SecLang name, e.g. `ARGS`. */
  readonly name: string;
  /** `include` plain, `exclude` for `!`, `count` for `&`. */
  readonly mode: 'include' | 'exclude' | 'count';
  /** Absent = the whole collection. `regex` keeps the text between the slashes; `xpath` only after `XML`. */
  readonly selector?:
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'regex'; readonly source: string }
    | { readonly kind: 'xpath'; readonly path: string };
  readonly location: Location;
}

/** An operator with its argument after unquoting, e.g. `!@rx ^foo`. A bare argument means `rx`. */
export interface Operator {
  /** Lower-case-first SecLang name without `@`, canonical spelling of `names.ts`, e.g. `pmFromFile`. */
  readonly name: string;
  readonly negated: boolean;
  /** May hold macros `%{…}`. */
  readonly argument: string;
  readonly location: Location;
}

/** One action, e.g. `setvar:tx.score=+5` → name `setvar`, value `tx.score=+5` (outer quotes removed). */
export interface Action {
  /** Canonical SecLang name, e.g. `skipAfter`; `t` stays `t` with the transformation as value. */
  readonly name: string;
  readonly value?: string;
  readonly location: Location;
}

/** SecRule or SecAction (`kind` says which; an action has no variables and no operator). `links` are the chained rules, in order. */
export interface Rule {
  readonly kind: 'rule' | 'action';
  readonly variables: readonly Variable[];
  readonly operator?: Operator;
  readonly actions: readonly Action[];
  readonly links: readonly Rule[];
  /** Set when a part could not be read, which was reported: what else seems wrong with the rule may come of that. */
  readonly isUnreadable?: true;
  readonly location: Location;
}

/** SecMarker. */
export interface Marker {
  readonly kind: 'marker';
  readonly label: string;
  readonly location: Location;
}

/** Every other directive, arguments unquoted, e.g. `SecRuleUpdateTargetById 942100 "!ARGS:foo"`. */
export interface Directive {
  readonly kind: 'directive';
  /** Canonical spelling, e.g. `SecDefaultAction`. */
  readonly name: string;
  readonly arguments: readonly string[];
  readonly location: Location;
}

/** One entry of a rule file. */
export type Statement = Rule | Marker | Directive;

/** One parsed file. `Include` is expanded by `include.ts`, so a loaded tree holds none. */
export interface RuleFile {
  readonly file: string;
  readonly statements: readonly Statement[];
}
