// The syntax tree of SecLang: the content of rule files with locations. Knows no engine: names are checked against `names.ts`,
// but nothing here decides whether a rule can run.

/** A location in rule text. Lines and columns count from 1; `file` is named as the user wrote it. */
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
  /** Absent: the whole collection. `regex` is the text between the slashes; `xpath` only for `XML`. */
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
  /** May contain macros `%{…}`. */
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

/** SecRule or SecAction (see `kind`; an action has no variables and no operator). `links` are the chained rules, in order. */
export interface Rule {
  readonly kind: 'rule' | 'action';
  readonly variables: readonly Variable[];
  readonly operator?: Operator;
  readonly actions: readonly Action[];
  readonly links: readonly Rule[];
  /** Set if a part could not be parsed, which has been reported; further errors in the rule may only be consequences. */
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

/** One parsed file. `Include` is expanded by `include.ts`, so a loaded tree contains none. */
export interface RuleFile {
  readonly file: string;
  readonly statements: readonly Statement[];
}
