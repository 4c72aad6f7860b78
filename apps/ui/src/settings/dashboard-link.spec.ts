import { dashboardLink, dashboardProblem } from './dashboard-link.ts';

const VALUES = { Datacenter: 'dc1', Service: { Name: 'web' } };

test.each([
  ['', undefined],
  ['  ', undefined],
  ['https://g/d?var-service={{Service.Name}}&dc={{Datacenter}}', undefined],
  ['http://{{Datacenter}}.example:3000/{{ Service.Namespace }}/x', undefined],
  ['https://g/{{Service.Kind}}', /^\{\{Service.Kind\}\} is no placeholder, accepted are \{\{Data/],
  ['https://g/{{toString}}', /is no placeholder/],
  ['https://g/{{Service.Name}', /^A brace stands alone/],
  ['g.example/{{Service.Name}}', /^A whole address is needed/],
  ['javascript:alert(1)', /^A whole address is needed/],
  ['{{Service.Name}}', /^A whole address is needed/],
])('%s', (template, problem) => {
  if (problem === undefined) expect(dashboardProblem(template)).toBeUndefined();
  else expect(dashboardProblem(template)).toMatch(problem);
});

test.each([
  ['https://g/{{Service.Name}}?dc={{Datacenter}}', 'https://g/web?dc=dc1'],
  ['https://g/{{ Service.Namespace }}/{{Service.Name}}', 'https://g/default/web'],
  ['', undefined],
  ['javascript:alert("{{Service.Name}}")', undefined],
  ['https://g/{{Nope}}', undefined],
])('%s leads to %s', (template, expected) => {
  expect(dashboardLink(template, VALUES)).toBe(expected);
});

test('a name cannot become another address', () => {
  const Service = { Name: '../a?b#c/日本{{Datacenter}}' };
  expect(dashboardLink('https://g/d/{{Service.Name}}/x', { Datacenter: 'dc1', Service })).toBe(
    'https://g/d/..%2Fa%3Fb%23c%2F%E6%97%A5%E6%9C%AC%7B%7BDatacenter%7D%7D/x',
  );
});
