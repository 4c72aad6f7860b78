import type { QuestionForm } from './form.ts';
import { answerService } from './service.ts';

/** NAME.connect[.DC].domain: what serves NAME over mutual TLS, proxies and native instances. */
export const connectQuestion: QuestionForm = {
  name: 'connect',
  accepts: (question) => question.kind === 'connect',
  answer: (question, inquiry) =>
    answerService(question, inquiry, {
      service: question.parts.at(-1) ?? '',
      tag: '',
      kind: 'connect',
    }),
};
