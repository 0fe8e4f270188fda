/** How a driver leaves the controller when it stops, or when the power goes. */
import type { Rule } from '../../rule.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { onLifecycle } from '../pci/events.ts';
import { Admin, Offset } from './layout.ts';
import { nvmeRule } from './nvme-rule.ts';
import { type Traffic, listenToTraffic } from './traffic.ts';

const SHUTDOWN = 'Controller Shutdown';
/** Where RTD3E does not say how long a shutdown takes, a host allows it this. */
const SHUTDOWN_NS = 1e9;

/** Whether there is work in flight that the controller has left unanswered. */
function isStuck({ queues }: Traffic): boolean {
  return queues.submission.some((queue) => {
    for (const { opcode, isAdmin } of queue?.inFlight.values() ?? []) {
      if (!isAdmin || opcode !== Admin.AsynchronousEventRequest) return true;
    }
    return false;
  });
}

const notified: Rule = nvmeRule({
  id: 'NVME-R41',
  section: SHUTDOWN,
  text: 'A controller that works is told of the shutdown before its power goes.',
  bugClasses: ['BC-20'],
  watch(watch) {
    /** It was ready, and nothing was wrong with it when it was disabled. */
    let leftWorking = false;
    const traffic = listenToTraffic(watch, {
      accessed: ({ offset, value, isWrite }) => {
        const { enabled, readySeen, shutDown, fatal } = controller;
        if (!isWrite || offset !== Offset.CC) return;
        if (value % 2 === 1) leftWorking = false;
        else if (enabled === true) {
          traffic.sync();
          leftWorking = readySeen && !shutDown && !fatal && !isStuck(traffic);
        }
      },
    });
    const { controller } = traffic;
    const forget = () => (leftWorking = false);
    watch.on(EventKind.Reset, forget);
    onLifecycle(watch, [Lifecycle.Start, Lifecycle.PowerOn, Lifecycle.PowerCut], forget);
    onLifecycle(watch, [Lifecycle.PowerOff], () => {
      const { enabled, readySeen, shutDown, fatal, judges } = controller;
      if (!judges) return;
      watch.arm();
      const working = enabled === true && readySeen && !shutDown && !fatal;
      if (working) watch.violate('the power goes without CC.SHN, while the controller is enabled');
      else if (leftWorking) watch.violate('the power goes without CC.SHN after CC.EN was cleared');
    });
  },
});

const complete: Rule = nvmeRule({
  id: 'NVME-R42',
  section: SHUTDOWN,
  text: 'A driver that shuts the controller down waits until CSTS.SHST says that it is complete.',
  bugClasses: ['BC-20', 'BC-06'],
  watch(watch) {
    const { journal } = watch;
    let since = 0;
    const traffic = listenToTraffic(watch, {
      accessed: ({ offset, isWrite }) => {
        if (!isWrite || offset !== Offset.CC) return;
        judge('CC is written');
        if (!controller.shutDown) since = journal.now;
      },
    });
    const { controller } = traffic;
    const judge = (what: string): void => {
      const { shutDown, shutdownComplete, fatal, judges } = controller;
      if (!shutDown || !judges || controller.enabled !== true) return;
      watch.arm();
      const told = traffic.identity.controller?.shutdownNs ?? 0;
      const waited = journal.now - since;
      if (shutdownComplete || fatal || waited >= (told > 0 ? told : SHUTDOWN_NS)) return;
      watch.violate(`${what} ${waited} ns after the shutdown notification`);
    };
    onLifecycle(watch, [Lifecycle.Stopped], () => judge('the driver has stopped'));
    onLifecycle(watch, [Lifecycle.PowerOff], () => judge('the power goes'));
  },
});

const stopped: Rule = nvmeRule({
  id: 'NVME-R43',
  section: SHUTDOWN,
  text: 'A driver that has stopped leaves the controller shut down or disabled.',
  bugClasses: ['BC-19', 'BC-21'],
  watch(watch) {
    const { controller } = listenToTraffic(watch, {});
    onLifecycle(watch, [Lifecycle.Stopped], () => {
      const { enabled, readySeen, shutDown, fatal, judges } = controller;
      if (!judges) return;
      watch.arm();
      // One that never got ready, or that has failed, cannot be told anything.
      if (enabled === true && readySeen && !shutDown && !fatal) watch.violate('CC.EN is left set');
    });
  },
});

export const shutdownRules: readonly Rule[] = [notified, complete, stopped];
