/** Features and log pages of a controller. */
import fc from 'fast-check';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Admin, Io, pair, transfer } from './commands.ts';
import {
  Ctrl,
  Feature,
  Log,
  Oncs,
  Status,
  claims,
  controllerOf,
  enabled,
  expectStatus,
  getFeature,
  logPage,
  namespaceOf,
  nvme,
  setFeature,
  withQueue,
} from './facts.ts';
import type { RawHost } from './raw-host.ts';

const FEATURES = 'Set Features command; Get Features command';
const LOGS = 'Get Log Page command';
const ERROR_ENTRY_BYTES = 64;
const SELECT = { Current: 0, Default: 0x100, Saved: 0x200, Capabilities: 0x300 } as const;
const SAVE = 2 ** 31;
const HEALTH_BYTES = 512;
/** Bytes of the SMART / Health log. */
const Health = {
  Warning: 0,
  Temperature: 1,
  Spare: 3,
  Reads: 64,
  Writes: 80,
  Errors: 176,
} as const;

function setTimestamp(host: RawHost, milliseconds: bigint) {
  const data = host.data(8);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, milliseconds, true);
  data.write(bytes);
  const command = { opcode: Admin.SetFeatures, ...data.pointer, dword10: Feature.Timestamp };
  return host.admin(command);
}

function timestamp(host: RawHost): bigint {
  const data = host.data(8);
  const done = getFeature(host, Feature.Timestamp, data.pointer);
  expectStatus(done, Status.Success, 'Get Features, Timestamp');
  return new DataView(data.read().buffer).getBigUint64(0, true) % 2n ** 48n;
}

export const deviceFeatures = suite({
  id: 'nvme/device-features',
  for: { device: 'nvme' },
  clauses: [
    enumerated({
      id: 'mandatory',
      cite: nvme('Feature Identifiers'),
      text: 'Every mandatory feature can be read.',
      level: 'shall',
      subject: 'device',
      every: [
        Feature.Arbitration,
        Feature.PowerManagement,
        Feature.TemperatureThreshold,
        Feature.WriteAtomicity,
        Feature.AsyncEvents,
      ],
      async check(scene, feature) {
        const host = enabled(scene);
        const name = `feature 0x${feature.toString(16)}`;
        expectStatus(getFeature(host, feature), Status.Success, `Get Features, ${name}`);
      },
    }),
    property({
      id: 'arbitration',
      cite: nvme('Set Features command, Arbitration'),
      text: 'Burst and weights of arbitration read back, until a reset.',
      level: 'shall',
      subject: 'device',
      given: fc.record({ burst: fc.nat({ max: 7 }), weights: fc.nat({ max: 0xff_ffff }) }),
      check(scene, { burst, weights }) {
        const host = enabled(scene);
        const first = getFeature(host, Feature.Arbitration).result;
        const value = burst + weights * 256;
        expectStatus(setFeature(host, Feature.Arbitration, value), Status.Success, 'Set Features');
        expect.equal(getFeature(host, Feature.Arbitration).result, value, 'the feature');
        expect.that(host.enable(), 'CSTS.RDY');
        expect.equal(getFeature(host, Feature.Arbitration).result, first, 'it after a reset');
      },
    }),
    {
      id: 'temperature-threshold',
      cite: nvme('Set Features command, Temperature Threshold'),
      text: 'Over and under temperature thresholds are kept apart.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const UNDER = 2 ** 20;
        const read = (type: number) =>
          getFeature(host, Feature.TemperatureThreshold, { dword11: type }).result % 0x1_0000;
        expectStatus(setFeature(host, Feature.TemperatureThreshold, 400), 0, 'the upper one');
        expectStatus(
          setFeature(host, Feature.TemperatureThreshold, 200 + UNDER),
          0,
          'the lower one',
        );
        expect.equal([read(0), read(UNDER)], [400, 200], 'the thresholds');
        const reserved = setFeature(host, Feature.TemperatureThreshold, 300 + 3 * UNDER);
        expectStatus(reserved, Status.InvalidField, 'a threshold of a reserved type');
      },
    },
    {
      id: 'write-cache',
      cite: nvme('Set Features command, Volatile Write Cache'),
      text: 'Where Identify says that there is a volatile write cache, it can be turned off and on.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (controllerOf(host).getUint8(Ctrl.WriteCache) % 2 === 0) return;
        for (const on of [0, 1, 0]) {
          expectStatus(setFeature(host, Feature.WriteCache, on), Status.Success, 'Set Features');
          expect.equal(getFeature(host, Feature.WriteCache).result % 2, on, 'WCE');
        }
      },
    },
    {
      id: 'error-recovery',
      cite: nvme('Set Features command, Error Recovery'),
      text: 'The limit of error recovery is kept per namespace.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const read = (nsid: number) =>
          getFeature(host, Feature.ErrorRecovery, { nsid }).result % 0x1_0000;
        const [one, two] = [read(1), read(2)];
        expectStatus(setFeature(host, Feature.ErrorRecovery, one + 7, 1), 0, 'Set Features');
        expect.equal([read(1), read(2)], [one + 7, two], 'TLER of both namespaces');
      },
    },
    enumerated({
      id: 'unknown',
      cite: nvme(FEATURES),
      text: 'A feature that is reserved is an invalid field.',
      level: 'shall',
      subject: 'device',
      every: [0x00, 0x20, 0x77],
      async check(scene, feature) {
        const host = enabled(scene);
        expectStatus(getFeature(host, feature), Status.InvalidField, 'Get Features');
        expectStatus(setFeature(host, feature, 0), Status.InvalidField, 'Set Features');
      },
    }),
    {
      id: 'not-saveable',
      cite: nvme('Set Features command, Save'),
      text: 'A feature whose capabilities say that it cannot be saved is not saved.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oncs', Oncs.SaveSelect)) return;
        for (const feature of [Feature.Arbitration, Feature.QueueCount]) {
          const asked = getFeature(host, feature + SELECT.Capabilities);
          expectStatus(asked, Status.Success, 'Get Features, capabilities');
          if (asked.result % 2 === 1) continue;
          const command = { opcode: Admin.SetFeatures, dword10: feature + SAVE };
          expectStatus(host.admin(command), Status.FeatureNotSaveable, 'Set Features with SV');
        }
      },
    },
    {
      id: 'default',
      cite: nvme('Get Features command, Select'),
      text: 'The default of a feature is what it is after a reset, whatever is set now.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oncs', Oncs.SaveSelect)) return;
        const first = getFeature(host, Feature.TemperatureThreshold).result;
        setFeature(host, Feature.TemperatureThreshold, 300);
        const preset = getFeature(host, Feature.TemperatureThreshold + SELECT.Default);
        expect.equal(preset.result, first, 'the default threshold');
        expect.equal(getFeature(host, Feature.TemperatureThreshold).result, 300, 'the current one');
      },
    },
    {
      id: 'timestamp',
      cite: nvme('Set Features command, Timestamp'),
      text: 'Where ONCS claims it, the timestamp that is set goes on from there.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oncs', Oncs.Timestamp)) return;
        const SET = 1_600_000_000_000n;
        expectStatus(setTimestamp(host, SET), Status.Success, 'Set Features, Timestamp');
        host.pass(50e6);
        const passed = timestamp(host) - SET;
        expect.that(passed >= 45n && passed < 5000n, 'milliseconds', '45 or more', `${passed}`);
      },
    },
    {
      id: 'health-log',
      cite: nvme(`${LOGS}, SMART / Health Information`),
      text: 'The health log counts reads and writes, and its temperature and spare make sense.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const read = () => logPage(host, Log.Health, HEALTH_BYTES);
        const { done, view: before } = read();
        expectStatus(done, Status.Success, 'Get Log Page');
        const data = host.data(4096);
        for (let n = 0; n < 3; n++) host.io(queue, transfer(Io.Read, 1, n, 8, data));
        for (let n = 0; n < 2; n++) host.io(queue, transfer(Io.Write, 1, n, 8, data));
        const { view: after } = read();
        const more = (at: number) => after.getBigUint64(at, true) - before.getBigUint64(at, true);
        expect.equal([more(Health.Reads), more(Health.Writes)], [3n, 2n], 'reads and writes');
        const kelvin = after.getUint16(Health.Temperature, true);
        expect.that(
          kelvin > 200 && kelvin < 400,
          'the temperature',
          '200 K to 400 K',
          `${kelvin} K`,
        );
        expect.that(after.getUint8(Health.Spare) <= 100, 'the spare is a percentage');
      },
    },
    {
      id: 'error-log',
      cite: nvme(`${LOGS}, Error Information`),
      text: 'A command that fails enters the error log first, with its queue, identifier and status.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const { blocks } = namespaceOf(host, 1);
        const failed = host.io(queue, transfer(Io.Read, 1, blocks, 1, host.data(512)));
        expectStatus(failed, Status.LbaRange, 'a read beyond the end');
        const { done, view } = logPage(host, Log.Errors, ERROR_ENTRY_BYTES);
        expectStatus(done, Status.Success, 'Get Log Page');
        expect.that(view.getBigUint64(0, true) > 0n, 'the error count', '1 or more', '0');
        expect.equal(view.getUint16(8, true), queue.id, 'the submission queue');
        expect.equal(view.getUint16(10, true), failed.id, 'the command identifier');
        const status = Math.floor(view.getUint16(12, true) / 2) % 2048;
        expect.equal(status, Status.LbaRange, 'the status');
        expect.equal(view.getBigUint64(16, true), BigInt(blocks), 'the LBA');
        expect.equal(view.getUint32(24, true), 1, 'the namespace');
      },
    },
    {
      id: 'firmware-log',
      cite: nvme(`${LOGS}, Firmware Slot Information`),
      text: 'The active firmware slot holds the revision that Identify tells.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const { done, view } = logPage(host, Log.FirmwareSlots, 512);
        expectStatus(done, Status.Success, 'Get Log Page');
        const slot = view.getUint8(0) % 8;
        expect.that(slot >= 1, 'the active slot', '1 to 7', String(slot));
        const revision = new Uint8Array(view.buffer, slot * 8, 8);
        const told = new Uint8Array(controllerOf(host).buffer, Ctrl.Firmware, 8);
        expect.equal(revision, told, 'the revision');
      },
    },
    {
      id: 'effects-log',
      cite: nvme(`${LOGS}, Commands Supported and Effects`),
      text: 'Where LPA claims it, the log of supported commands has the mandatory ones.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const claimed = Math.floor(controllerOf(host).getUint8(Ctrl.LogAttributes) / 2) % 2;
        if (claimed === 0) return;
        const { done, view } = logPage(host, Log.CommandEffects, 4096);
        expectStatus(done, Status.Success, 'Get Log Page');
        const admin = [0, 1, 2, 4, 5, 6, 8, 9, 0x0a, 0x0c];
        for (const opcode of admin) {
          expect.equal(view.getUint32(opcode * 4, true) % 2, 1, `admin command ${opcode}`);
        }
        for (const opcode of [Io.Flush, Io.Write, Io.Read]) {
          expect.equal(view.getUint32(1024 + opcode * 4, true) % 2, 1, `command ${opcode}`);
        }
        expect.equal(view.getUint32(0x7e * 4, true) % 2, 0, 'a reserved command');
      },
    },
    enumerated({
      id: 'unknown-log',
      cite: nvme(LOGS),
      text: 'A log page that is reserved is refused.',
      level: 'shall',
      subject: 'device',
      every: [0x00, 0x6f, 0xbf],
      async check(scene, log) {
        const host = enabled(scene);
        const { done } = logPage(host, log, 64);
        expectStatus(done, [Status.InvalidLogPage, Status.InvalidField], `log page ${log}`);
      },
    }),
    {
      id: 'log-offset',
      cite: nvme(`${LOGS}, Log Page Offset`),
      text: 'A log page is read from an offset, in part, and its rest is not overwritten.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const extended = Math.floor(controllerOf(host).getUint8(Ctrl.LogAttributes) / 4) % 2;
        if (extended === 0) return;
        const { view } = logPage(host, Log.FirmwareSlots, 512);
        const part = host.data(16);
        part.fill(0xee);
        const dword10 = pair(Log.FirmwareSlots, 16 / 4 - 1);
        const command = { opcode: Admin.GetLogPage, nsid: 0xffff_ffff, ...part.pointer };
        const done = host.admin({ ...command, dword10, dword12: 8 });
        expectStatus(done, Status.Success, 'Get Log Page');
        expect.equal(part.read(), new Uint8Array(view.buffer, 8, 16), 'sixteen bytes from 8 on');
        expect.that(part.isFilledAround(0xee), 'nothing is written around them');
      },
    },
    {
      id: 'feature-of-no-namespace',
      cite: nvme('Set Features command'),
      text: 'A feature of a namespace that cannot be is refused.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const beyond = controllerOf(host).getUint32(Ctrl.Namespaces, true) + 1;
        const none = setFeature(host, Feature.ErrorRecovery, 0, beyond);
        expectStatus(none, Status.InvalidNamespace, 'Set Features, Error Recovery, of none');
      },
    },
  ],
});
