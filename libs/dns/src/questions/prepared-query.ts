import { noSuchName } from '../authority.ts';
import { answerWithInstances } from '../instance-answer.ts';
import { datacenterOf } from '../question.ts';
import { serviceTtlSeconds, ttlSeconds } from '../settings.ts';
import type { QuestionForm } from './form.ts';

/** NAME.query[.DC].domain: runs a prepared query; a name may hold dots. Good for the client's subnet only. */
export const preparedQueryQuestion: QuestionForm = {
  name: 'query',
  accepts: (question) => question.kind === 'query',
  async answer(question, inquiry) {
    const { settings } = inquiry;
    const datacenter = datacenterOf(question, settings);
    if (question.parts.length === 0 || datacenter === undefined) return noSuchName(inquiry);
    const found = await inquiry.preparedQuery(datacenter, question.parts.join('.'));
    if (!found) return { ...noSuchName(inquiry), globalScope: false };
    const ttlS =
      found.ttlMs === undefined
        ? serviceTtlSeconds(settings, found.service)
        : ttlSeconds(found.ttlMs);
    const resolution = await answerWithInstances(inquiry, question, found.instances, {
      ttlS,
      shuffle: !found.ordered,
    });
    return { ...resolution, globalScope: false };
  },
};
