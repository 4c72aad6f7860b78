import { addressQuestion } from './address.ts';
import { connectQuestion } from './connect.ts';
import type { QuestionForm } from './form.ts';
import { ingressQuestion } from './ingress.ts';
import { nodeQuestion } from './node.ts';
import { preparedQueryQuestion } from './prepared-query.ts';
import { reverseQuestion } from './reverse.ts';
import { serviceQuestion } from './service.ts';
import { nameServerQuestion, soaQuestion, transferQuestion, unknownQuestion } from './zone.ts';

/** All question forms; the first that accepts a question answers it. */
export const QUESTION_FORMS: readonly QuestionForm[] = [
  soaQuestion,
  nameServerQuestion,
  transferQuestion,
  serviceQuestion,
  connectQuestion,
  ingressQuestion,
  nodeQuestion,
  preparedQueryQuestion,
  addressQuestion,
  reverseQuestion,
  unknownQuestion,
];
