import { noSuchName } from '../authority.ts';
import type { Inquiry } from '../inquiry.ts';
import { answerWithInstances, healthyInstances } from '../instance-answer.ts';
import { datacenterOf, type SplitQuestion } from '../question.ts';
import type { Resolution } from '../resolution.ts';
import { serviceTtlSeconds } from '../settings.ts';
import type { InstanceLookup } from '../source.ts';
import type { QuestionForm } from './form.ts';

/** [TAG.]NAME.service[.DC].domain, or _NAME._TAG.service[.DC].domain (RFC 2782; `_tcp` is no tag). */
export const serviceQuestion: QuestionForm = {
  name: 'service',
  accepts: (question) => question.kind === 'service',
  answer: (question, inquiry) =>
    answerService(question, inquiry, { ...namesOf(question.parts), kind: 'plain' }),
};

/** Healthy instances of what the question names. */
export async function answerService(
  question: SplitQuestion,
  inquiry: Inquiry,
  wanted: Omit<InstanceLookup, 'datacenter'>,
): Promise<Resolution> {
  const { settings } = inquiry;
  const datacenter = datacenterOf(question, settings);
  if (wanted.service === '' || datacenter === undefined) return noSuchName(inquiry);
  const found = await inquiry.instances({ ...wanted, datacenter });
  return answerWithInstances(inquiry, question, healthyInstances(found, settings.onlyPassing), {
    ttlS: serviceTtlSeconds(settings, wanted.service),
    shuffle: true,
  });
}

function namesOf(parts: readonly string[]): { readonly service: string; readonly tag: string } {
  const service = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (parts.length === 2 && service.startsWith('_') && before.startsWith('_')) {
    const tag = service.slice(1);
    return { service: before.slice(1), tag: tag === 'tcp' ? '' : tag };
  }
  return { service, tag: before };
}
