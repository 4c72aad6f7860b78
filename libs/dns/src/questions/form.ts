import type { Inquiry } from '../inquiry.ts';
import type { SplitQuestion } from '../question.ts';
import type { Resolution } from '../resolution.ts';

/** A kind of question and how it is answered. One file each, listed in `index.ts`. */
export interface QuestionForm {
  /** Unique; names the form's trace in testdata. */
  readonly name: string;
  /** Whether this form answers. The first of the list that accepts a question gets it. */
  accepts(question: SplitQuestion): boolean;
  /** Undefined when it is for a recursor after all. Rejects when the source does. */
  answer(question: SplitQuestion, inquiry: Inquiry): Promise<Resolution | undefined>;
}
