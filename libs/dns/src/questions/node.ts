import { noSuchName } from '../authority.ts';
import { nodeRecords } from '../host-records.ts';
import { nodeMetaRecords } from '../node-meta.ts';
import { datacenterOf } from '../question.ts';
import { TYPE } from '../record-types.ts';
import { EMPTY_RESOLUTION } from '../resolution.ts';
import { ttlSeconds } from '../settings.ts';
import type { QuestionForm } from './form.ts';

const ANSWERED_TYPES: readonly number[] = [TYPE.A, TYPE.AAAA, TYPE.TXT, TYPE.ANY];

/**
 * NAME.node[.DC].domain: address and metadata of a node. A name may hold dots. The metadata stands in ANSWER
 * when it is asked for, else beside the address. Other types get an empty answer, known name or not.
 */
export const nodeQuestion: QuestionForm = {
  name: 'node',
  accepts: (question) => question.kind === 'node',
  async answer(question, inquiry) {
    const { name, type } = question;
    const { settings } = inquiry;
    const datacenter = datacenterOf(question, settings);
    if (question.parts.length === 0 || datacenter === undefined) return noSuchName(inquiry);
    if (!ANSWERED_TYPES.includes(type)) return EMPTY_RESOLUTION;
    const node = await inquiry.node(datacenter, question.parts.join('.'));
    if (!node) return noSuchName(inquiry);
    const ttlS = ttlSeconds(settings.nodeTtlMs);
    const addresses = type === TYPE.TXT ? [] : await nodeRecords(inquiry, node, name, type, ttlS);
    const isMetaAsked = type === TYPE.TXT || type === TYPE.ANY;
    const meta = isMetaAsked || settings.nodeMetaTxt ? nodeMetaRecords(node, name, ttlS) : [];
    return {
      ...EMPTY_RESOLUTION,
      groups: [
        {
          answers: isMetaAsked ? [...addresses, ...meta] : addresses,
          additional: isMetaAsked ? [] : meta,
        },
      ],
    };
  },
};
