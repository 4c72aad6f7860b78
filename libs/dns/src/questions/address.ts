import { noSuchName } from '../authority.ts';
import { TYPE } from '../record-types.ts';
import { EMPTY_RESOLUTION } from '../resolution.ts';
import { ttlSeconds } from '../settings.ts';
import type { QuestionForm } from './form.ts';

const HEX = /^[0-9a-f]+$/;

/**
 * HEX.addr[.DC].domain: the address that the name itself spells, 8 digits for IPv4 and 32 for IPv6, whatever
 * type is asked for. SRV targets with an address of their own have such names.
 */
export const addressQuestion: QuestionForm = {
  name: 'addr',
  accepts: (question) => question.kind === 'addr',
  async answer(question, inquiry) {
    const digits = question.parts[0];
    if (question.parts.length !== 1 || digits === undefined) return noSuchName(inquiry);
    if (digits.length !== 8 && digits.length !== 32) return EMPTY_RESOLUTION;
    if (!HEX.test(digits)) return noSuchName(inquiry);
    const address = new Uint8Array(digits.length / 2);
    for (let at = 0; at < address.length; at++) {
      address[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
    }
    const ttlS = ttlSeconds(inquiry.settings.nodeTtlMs);
    const type = address.length === 4 ? TYPE.A : TYPE.AAAA;
    return {
      ...EMPTY_RESOLUTION,
      groups: [{ answers: [{ type, name: question.name, ttlS, address }], additional: [] }],
    };
  },
};
