import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.ts';
import { redDocument, tornDocument } from '../samples/documents.ts';
import { OVERRUN_LOST } from '../samples/failures.ts';
import { hostileDocument } from '../samples/hostile.ts';

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  parent: Element | undefined;
}

/** Throws where the text is not well-formed XML. */
function parse(xml: string): Element[] {
  const parser = new SaxesParser();
  const elements: Element[] = [];
  let current: Element | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    current = { name, attributes, text: '', parent: current };
    elements.push(current);
  });
  parser.on('text', (text) => {
    if (current) current.text += text;
  });
  parser.on('closetag', () => {
    current = current?.parent;
  });
  parser.write(xml).close();
  return elements;
}

const named = (elements: Element[], name: string) => elements.filter((it) => it.name === name);

describe('JUnit XML', () => {
  it('counts what it holds, in every suite and in all', () => {
    const elements = parse(renderJunit(redDocument()));
    const suites = named(elements, 'testsuite');
    expect(suites.length).toBeGreaterThan(10);
    for (const suite of suites) {
      const tests = elements.filter((it) => it.name === 'testcase' && it.parent === suite);
      const inside = (kind: string) =>
        elements.filter((it) => it.name === kind && it.parent?.parent === suite).length;
      expect(suite.attributes).toMatchObject({
        tests: String(tests.length),
        failures: String(inside('failure')),
        errors: String(inside('error')),
        skipped: String(inside('skipped')),
      });
      for (const test of tests) expect(test.attributes.classname).toBe(suite.attributes.name);
    }
    expect(elements[0]!.attributes).toMatchObject({
      tests: '26',
      failures: '3',
      errors: '2',
      skipped: '7',
    });
  });

  it('puts the whole failure into the text body, which is all that GitLab shows', () => {
    const [crash, overrun] = named(parse(renderJunit(redDocument())), 'failure');
    expect(crash!.attributes.type).toBe('crash');
    expect(overrun!.text).toContain(`Reproduce: ${OVERRUN_LOST.reproduce}`);
    expect(overrun!.text).toContain("Expected:  ['overrun']");
    expect(overrun!.parent!.attributes).toMatchObject({
      classname: 'uart-16550/receiver (uart-16550 on sim:pci-serial)',
      name: expect.stringMatching(/^\[LSR-1\] In FIFO mode an overrun/),
      time: '0.013',
    });
  });

  it('tells a planned test without verdict as an error', () => {
    const errors = named(parse(renderJunit(tornDocument())), 'error');
    expect(errors.filter((it) => it.attributes.type === 'missing')).toHaveLength(17);
  });

  it('stays well-formed whatever the strings hold', () => {
    const expected = parse(renderJunit(redDocument())).map((it) => it.name);
    const hostile = parse(renderJunit(hostileDocument()));
    expect(hostile.map((it) => it.name).toSorted()).toEqual(expected.toSorted());
    expect(named(hostile, 'failure')[0]!.text).toContain('</script><script>alert(1)</script>');
  });
});
