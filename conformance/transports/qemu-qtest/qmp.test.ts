import { expect, it } from 'vitest';
import { Qmp, QmpRefusal } from './qmp.ts';

const GREETING = '{"QMP": {"capabilities": []}}';

function qmpAnswering(...lines: string[]): Qmp {
  return new Qmp({ writeLine: () => {}, readLine: () => lines.shift() ?? '{"event": "STOP"}' });
}

it('skips events and gives what is returned', () => {
  const qmp = qmpAnswering(
    GREETING,
    '{"return": {}}',
    '{"event": "RESUME"}',
    '{"return": {"a": 1}}',
  );
  expect(qmp.execute('query-status')).toEqual({ a: 1 });
});

it('refuses with the reason that QEMU gives', () => {
  const error = '{"error": {"class": "GenericError", "desc": "no such device"}}';
  const qmp = qmpAnswering(GREETING, '{"return": {}}', error);
  expect(() => qmp.execute('device_del')).toThrow(/refuses device_del: .*no such device/);
});

it('does not wait for ever among events', () => {
  const qmp = qmpAnswering(GREETING, '{"return": {}}');
  expect(() => qmp.cont()).toThrow(QmpRefusal);
});

it.each(['', 'hello', '[', 'null', '7', '{"event": "STOP"}'])(
  'refuses the greeting "%s"',
  (line) => {
    expect(() => qmpAnswering(line)).toThrow(QmpRefusal);
  },
);
