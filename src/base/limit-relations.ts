// The conditions between the bounds of limits.ts, wherever they are set. Knows their names, not their values.

/** The bounds that depend on others. */
type RelatedLimit =
  | 'concurrentStreamsMax'
  | 'evaluationStrideBytes'
  | 'exchangeIdleMsMax'
  | 'exchangeSilenceMsMax'
  | 'fieldCollectBytesMax'
  | 'fieldNameBytesMax'
  | 'holdMsMax'
  | 'holdWindowBytesMax'
  | 'receiveMessageBytesMax'
  | 'streamResetBurst';

/** One relation. */
export interface LimitRelation {
  readonly holds: (limits: Readonly<Record<RelatedLimit, number>>) => boolean;
  /** The error message if it does not hold. */
  readonly sentence: string;
}

/** All relations. */
export const limitRelations: readonly LimitRelation[] = [
  {
    holds: (l) => l.evaluationStrideBytes <= l.holdWindowBytesMax,
    sentence: 'evaluationStrideBytes must not exceed holdWindowBytesMax: a stride is held until it has been evaluated',
  },
  {
    holds: (l) => l.holdWindowBytesMax < l.receiveMessageBytesMax,
    sentence: 'receiveMessageBytesMax must exceed holdWindowBytesMax: Envoy can send a whole window as one chunk',
  },
  {
    holds: (l) => l.fieldNameBytesMax <= l.fieldCollectBytesMax,
    sentence: 'fieldNameBytesMax must not exceed fieldCollectBytesMax: names are always kept whole',
  },
  {
    holds: (l) => l.concurrentStreamsMax < l.streamResetBurst,
    sentence: 'concurrentStreamsMax must be less than streamResetBurst: Envoy may reset all of its streams at once',
  },
  {
    holds: (l) => l.exchangeIdleMsMax <= l.exchangeSilenceMsMax,
    sentence:
      'exchangeIdleMsMax must not exceed exchangeSilenceMsMax: an exchange that owes a reply is given less time',
  },
  {
    holds: (l) => l.holdMsMax < l.exchangeIdleMsMax,
    sentence: 'holdMsMax must be shorter than exchangeIdleMsMax: headers are answered before the exchange is ended',
  },
];
