import { describeTimes, faultSetting, seededRandom } from './fault-settings.ts';

describe('settings of fault tests', () => {
  afterEach(() => {
    delete process.env['MESH_FAULTS_EXAMPLE'];
  });

  it('come from the environment, else the fallback', () => {
    expect(faultSetting('EXAMPLE', 5)).toBe(5);
    process.env['MESH_FAULTS_EXAMPLE'] = '20';
    expect(faultSetting('EXAMPLE', 5)).toBe(20);
    process.env['MESH_FAULTS_EXAMPLE'] = 'many';
    expect(() => faultSetting('EXAMPLE', 5)).toThrow('MESH_FAULTS_EXAMPLE=many');
  });

  it('times are summed up by median and worst', () => {
    expect(describeTimes([3000, 1000, 1500])).toBe('median 1.50 s, worst 3.00 s');
    expect(describeTimes([1000, 2000])).toBe('median 1.50 s, worst 2.00 s');
  });

  it('a seed gives the same numbers again', () => {
    const [one, two] = [seededRandom(7), seededRandom(7)];
    for (let at = 0; at < 100; at++) {
      const value = one();
      expect(value).toBe(two());
      expect(value >= 0 && value < 1).toBe(true);
    }
  });
});
