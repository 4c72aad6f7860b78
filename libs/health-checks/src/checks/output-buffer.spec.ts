import fc from 'fast-check';
import { OutputBuffer } from './output-buffer.ts';

describe('OutputBuffer', () => {
  it('keeps all that fits, as it is', () => {
    const buffer = new OutputBuffer(5);
    buffer.append(Buffer.from('abc'));
    buffer.append(Buffer.from('de'));
    expect(String(buffer)).toBe('abcde');
  });

  it('says how much is missing', () => {
    const buffer = new OutputBuffer(3);
    buffer.append(Buffer.from('abcdef'));
    expect(String(buffer)).toBe('Captured 3 of 6 bytes\n...\ndef');
    expect(buffer.text()).toBe('def');
  });

  it('drops what is left of a character at the cut', () => {
    const buffer = new OutputBuffer(2);
    buffer.append(Buffer.from('€a'));
    expect(buffer.text()).toBe('a');
  });

  it('may keep nothing', () => {
    const buffer = new OutputBuffer(0);
    buffer.append(Buffer.from('abc'));
    expect(String(buffer)).toBe('Captured 0 of 3 bytes\n...\n');
  });

  it('keeps the last bytes, in whatever pieces they come', () => {
    const pieces = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 12 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(20), pieces, (maxBytes, texts) => {
        const buffer = new OutputBuffer(maxBytes);
        for (const text of texts) buffer.append(Buffer.from(text));
        const all = texts.join('');
        expect(buffer.text()).toBe(all.slice(Math.max(0, all.length - maxBytes)));
        expect(buffer.totalBytes).toBe(all.length);
      }),
    );
  });
});
