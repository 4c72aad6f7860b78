import { mapOf, record, refine, text, whole } from '@mesh/base';
import type { IntentionRequest } from './types.ts';

/** The body of an intention to be stored. What the server itself gives is read past. */
export const intentionBody = refine(
  record({
    ID: text,
    Description: text,
    SourceNS: text,
    SourceName: text,
    DestinationNS: text,
    DestinationName: text,
    SourceType: text,
    Action: text,
    DefaultAddr: text,
    DefaultPort: whole,
    Meta: mapOf(text),
  }),
  (value): IntentionRequest => ({ ...value, Meta: value.Meta ?? {} }),
);
