import type { QuestionForm } from './form.ts';
import { answerService } from './service.ts';

/** NAME.ingress[.DC].domain: the ingress gateways that lead to NAME. */
export const ingressQuestion: QuestionForm = {
  name: 'ingress',
  accepts: (question) => question.kind === 'ingress',
  answer: (question, inquiry) =>
    answerService(question, inquiry, {
      service: question.parts.at(-1) ?? '',
      tag: '',
      kind: 'ingress',
    }),
};
