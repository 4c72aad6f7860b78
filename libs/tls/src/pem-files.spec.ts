import { mkdirSync, symlinkSync } from 'node:fs';
import { CertificateFolder, newAuthority } from '@mesh/testkit';
import { readKeyPair } from './key-pair.ts';
import { readAuthorities } from './pem-files.ts';

let folder: CertificateFolder;
beforeEach(async () => {
  folder = await CertificateFolder.create();
});
afterEach(() => folder.remove());

const count = (pem: string | undefined) => pem?.match(/BEGIN CERTIFICATE/g)?.length ?? 0;

describe('authorities', () => {
  it('are all those of a file', async () => {
    const other = await newAuthority();
    folder.write('both.pem', `# ours\n${folder.ca.certPem}\n# theirs\n${other.certPem}`);
    const read = readAuthorities(folder.file('both.pem'), '');
    expect(read).toBe(`${folder.ca.certPem.trim()}\n${other.certPem.trim()}`);
  });

  it('are those of every file in a folder, folders in it and links', async () => {
    mkdirSync(folder.file('cas/more'), { recursive: true });
    folder.write('cas/a.pem', folder.ca.certPem);
    folder.write('cas/more/b.pem', (await newAuthority()).certPem);
    symlinkSync(folder.file('ca.pem'), folder.file('cas/link.pem'));
    expect(count(readAuthorities('', folder.file('cas')))).toBe(3);
  });

  it('are none where none are named, and those of the file where both are', () => {
    expect(readAuthorities('', '')).toBeUndefined();
    expect(count(readAuthorities(folder.file('ca.pem'), '/nonexistent'))).toBe(1);
  });

  it.each([
    [
      'a file that is missing',
      'none.pem',
      '',
      'ca_file: cannot read FOLDER/none.pem: no such file',
    ],
    ['a folder for a file', '.', '', 'ca_file: cannot read FOLDER: is a directory'],
    ['a folder that is missing', '', 'none', 'ca_path: cannot read FOLDER/none: no such file'],
    ['a file for a folder', '', 'ca.pem', 'ca_path: cannot read FOLDER/ca.pem: is not a directory'],
    ['a key', 'agent-key.pem', '', 'ca_file: there is no certificate in PEM in FOLDER/agent-key'],
    ['damage', 'damaged.pem', '', 'ca_file: certificate 2 of FOLDER/damaged.pem is damaged'],
    ['an empty folder', '', 'empty', 'ca_path: there is no file in FOLDER/empty'],
  ])('%s is refused, naming key and file', (_what, file, path, message) => {
    mkdirSync(folder.file('empty'));
    const damaged = folder.ca.certPem.replace(/\n.{40}/, '\nAAAA');
    folder.write('damaged.pem', `${folder.ca.certPem}\n${damaged}`);
    const at = (name: string) => (name === '' ? '' : folder.file(name));
    const expected = message.replace('FOLDER', folder.path);
    expect(() => readAuthorities(at(file), at(path))).toThrow(expected);
  });
});

describe('a pair', () => {
  const read = (cert: string, key: string) =>
    readKeyPair(cert && folder.file(cert), key && folder.file(key));

  it('is a certificate, the chain behind it, and its key', async () => {
    const { certPem } = await folder.issue('server.dc1.consul');
    expect(count(read('agent.pem', 'agent-key.pem')?.cert)).toBe(1);
    const [own, key] = Object.values(await folder.issue('a.b'));
    folder.write('chain.pem', `${own}\n${certPem}`);
    folder.write('chain-key.pem', key as string);
    expect(read('chain.pem', 'chain-key.pem')).toEqual({
      cert: `${(own as string).trim()}\n${certPem.trim()}`,
      key,
    });
  });

  it('is none where none is named', () => {
    expect(read('', '')).toBeUndefined();
  });

  it.each([
    ['agent.pem', '', 'cert_file: FOLDER/agent.pem needs its private key in key_file'],
    ['', 'agent-key.pem', 'key_file: FOLDER/agent-key.pem needs its certificate in cert_file'],
    ['none.pem', 'agent-key.pem', 'cert_file: cannot read FOLDER/none.pem: no such file or'],
    ['agent.pem', 'none.pem', 'key_file: cannot read FOLDER/none.pem: no such file or directory'],
    ['agent-key.pem', 'agent-key.pem', 'cert_file: there is no certificate in PEM in FOLDER/agent'],
    ['agent.pem', 'agent.pem', 'key_file: there is no unencrypted private key in PEM in FOLDER/ag'],
    ['ca.pem', 'agent-key.pem', 'key_file: FOLDER/agent-key.pem is not the key of the certificate'],
  ])('of "%s" and "%s" is refused, naming key and file', (cert, key, message) => {
    expect(() => read(cert, key)).toThrow(message.replace('FOLDER', folder.path));
  });
});
