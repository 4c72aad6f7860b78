import { decodeSettings } from './settings.ts';

const NONE = { live: true, theme: 'auto', dashboardUrl: '', datacenter: '' };

test.each([
  [null, NONE],
  ['', NONE],
  ['not json', NONE],
  ['null', NONE],
  ['[1]', NONE],
  ['{"live":"no","theme":"pink","dashboardUrl":7,"datacenter":null}', NONE],
  [
    '{"live":false,"theme":"dark","dashboardUrl":"https://g/{{Service.Name}}","datacenter":"dc2"}',
    { live: false, theme: 'dark', dashboardUrl: 'https://g/{{Service.Name}}', datacenter: 'dc2' },
  ],
])('%s', (text, expected) => {
  expect(decodeSettings(text)).toEqual(expected);
});
