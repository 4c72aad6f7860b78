import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPeersFile, removePeersFile, writePeersInfo } from './peers-file.ts';
import { removeTemporaryFolders, temporaryFolder } from './testing/temporary-folder.ts';

afterAll(removeTemporaryFolders);

describe('peers.json', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  const write = (content: unknown) =>
    writeFileSync(
      join(folder, 'peers.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );

  it('is mostly not there', () => {
    expect(readPeersFile(folder)).toBeUndefined();
    removePeersFile(folder);
  });

  it('names servers', () => {
    write([
      { id: 'a', address: '10.1.0.1:8300' },
      { id: 'b', address: '[fe80::1]:8300', non_voter: true },
      { id: 'c', address: 'host.example:8300', non_voter: false },
    ]);
    expect(readPeersFile(folder)).toEqual([
      { id: 'a', address: '10.1.0.1:8300', suffrage: 'voter' },
      { id: 'b', address: '[fe80::1]:8300', suffrage: 'non-voter' },
      { id: 'c', address: 'host.example:8300', suffrage: 'voter' },
    ]);
    removePeersFile(folder);
    expect(existsSync(join(folder, 'peers.json'))).toBe(false);
  });

  const good = { id: 'a', address: '10.1.0.1:8300' };
  it.each([
    ['{', /peers\.json: .*JSON.*Expected is/],
    ['null', /it names no server/],
    [[], /it names no server/],
    [['10.1.0.1:8300'], /\[0\]: expected an object/],
    [[{ address: '10.1.0.1:8300' }], /server 1 has no id/],
    [[{ id: 'a', address: '10.1.0.1' }], /address of server a is "10.1.0.1" and not HOST:PORT/],
    [[{ id: 'a', address: 'host:70000' }], /not HOST:PORT/],
    [[{ id: 'a' }], /not HOST:PORT/],
    [[{ ...good, nonVoter: true }], /nonVoter/],
    [[{ ...good, non_voter: 'yes' }], /non_voter: expected true or false/],
    [[good, { ...good, address: '10.1.0.2:8300' }], /id a is there twice/],
    [[good, { ...good, id: 'b' }], /address 10.1.0.1:8300 is there twice/],
    [[{ ...good, non_voter: true }], /it names no voter/],
  ])('is refused as %j', (content, message) => {
    write(content);
    expect(() => readPeersFile(folder)).toThrow(message);
  });

  it('is explained beside it', () => {
    writePeersInfo(folder);
    writePeersInfo(folder);
    const file = join(folder, 'peers.info');
    expect(readFileSync(file, 'utf8')).toContain('non_voter');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const example = /\[\n[\s\S]*?\n\]/.exec(readFileSync(file, 'utf8'))![0];
    write(example);
    expect(readPeersFile(folder)).toHaveLength(2);
  });
});
