import { Inquiry, type InquiryOptions } from './inquiry.ts';
import { splitQuestion } from './question.ts';
import { QUESTION_FORMS } from './questions/index.ts';
import type { Outcome } from './resolution.ts';

/**
 * Answers a question from the catalog. `name` is in presentation form, with the trailing dot. Rejects when the
 * source does: the caller answers SERVFAIL.
 */
export function resolveQuestion(
  question: { readonly name: string; readonly type: number },
  options: InquiryOptions,
): Promise<Outcome> {
  return answer(question.name, question.type, new Inquiry(question.name, options, answer));
}

async function answer(name: string, type: number, inquiry: Inquiry): Promise<Outcome> {
  const question = splitQuestion(name, type, inquiry.settings);
  const form = QUESTION_FORMS.find((candidate) => candidate.accepts(question));
  if (!form) return { kind: 'outside', asked: false };
  const resolution = await form.answer(question, inquiry);
  if (!resolution) return { kind: 'outside', asked: true };
  return { kind: 'answer', resolution, freshness: inquiry.freshness };
}
