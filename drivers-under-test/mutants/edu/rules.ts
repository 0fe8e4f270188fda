/** Mutants of the edu driver that break the rules of its bus and its framework, one each. */
import type { DriverMutant } from '../mutant.ts';

const edu = {
  driver: 'edu',
  file: 'drivers-under-test/samples/edu/driver.ts',
} as const;

export const eduRules: readonly DriverMutant[] = [
  {
    ...edu,
    id: 'edu/start-without-super',
    bugClass: 'BC-19',
    what: 'Start is not passed on to the superclass.',
    expected: ['HOST-START'],
    noSmoke: 'an object that was not started has no provider',
    edits: [
      { find: 'await super.Start(provider);', replace: 'await Promise.resolve(provider);' },
      { find: 'this.RegisterService();', replace: '' },
    ],
  },
  {
    ...edu,
    id: 'edu/answers-too-much',
    bugClass: 'BC-27',
    what: 'A user client is answered with two numbers where it asked for one.',
    expected: ['HOST-USER-CLIENT'],
    edits: [
      {
        find: "import { defineDriver } from '../../host/manifest.ts';",
        replace:
          "import { defineDriver } from '../../host/manifest.ts';\n" +
          "import { IOUserClient } from '../../host/io-user-client.ts';",
      },
      {
        find: 'const { MAJOR, MINOR } = this.#registers.IDENTIFICATION.fields();',
        replace: `const { MAJOR, MINOR } = this.#registers.IDENTIFICATION.fields();
    new IOUserClient(this.host).ExternalMethod(
      0,
      { scalarOutputCount: 1 },
      {
        function: (args) => void (args.scalarOutput = [MAJOR, MINOR]),
        checkScalarInputCount: 0,
        checkStructureInputSize: 0,
        checkScalarOutputCount: 1,
        checkStructureOutputSize: 0,
      },
    );`,
      },
    ],
  },
  {
    ...edu,
    id: 'edu/decoding-off',
    bugClass: 'BC-22',
    what: 'What an earlier driver left is acknowledged while the BAR is not decoded.',
    expected: ['PCI-R01'],
    edits: [
      {
        find: 'this.#registers.INTERRUPT_ACKNOWLEDGE.write(this.#registers.INTERRUPT_STATUS.read());',
        replace:
          'this.#command(0);\n    this.#registers.INTERRUPT_ACKNOWLEDGE.write(this.#registers.INTERRUPT_STATUS.read());',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/touched-in-d3',
    target: 'sim:edu-express',
    bugClass: 'BC-20',
    what: 'On the way to sleep a register is written when the function is in D3 already.',
    expected: ['PCI-R02'],
    edits: [
      {
        find: 'this.#interrupt?.SetEnable(false);',
        replace: `this.#interrupt?.SetEnable(false);
      const control = this.#pci.FindPCICapability(1) + 4;
      this.#pci.ConfigurationWrite16(control, 3);
      this.#registers.STATUS.write({ IRFACT: 0 });
      this.#pci.ConfigurationWrite16(control, 0);`,
      },
    ],
  },
  {
    ...edu,
    id: 'edu/closed-after-stop',
    bugClass: 'BC-19',
    what: 'The provider is closed only when Stop was passed on to the superclass.',
    expected: ['PCI-R03', 'HOST-AFTER-STOP'],
    edits: [
      {
        find: 'this.#takeDown();\n    await super.Stop(provider);',
        replace: 'await super.Stop(provider);\n    this.#takeDown();',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/writes-interrupt-pin',
    bugClass: 'BC-18',
    what: 'Start writes the interrupt pin, which is read-only.',
    expected: ['PCI-R05'],
    edits: [
      {
        find: 'await this.#makeReady();\n    this.#configureInterrupts();',
        replace:
          'await this.#makeReady();\n    this.#pci.ConfigurationWrite8(0x3d, 2);\n' +
          '    this.#configureInterrupts();',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/msi-and-msix',
    target: 'sim:edu-express',
    bugClass: 'BC-19',
    what: 'MSI-X is turned on beside MSI.',
    expected: ['PCI-R06'],
    edits: [
      {
        find: 'this.#pci.ConfigureInterrupts(kIOInterruptTypePCIMessaged, 1);',
        replace: `this.#pci.ConfigureInterrupts(kIOInterruptTypePCIMessaged, 1);
      this.#pci.ConfigurationRead16(this.#pci.FindPCICapability(5) + 2);
      this.#pci.ConfigurationWrite16(this.#pci.FindPCICapability(0x11) + 2, 0x8000);`,
      },
    ],
  },
  {
    ...edu,
    id: 'edu/never-master',
    bugClass: 'BC-19',
    what: 'Bus mastering is never turned on.',
    expected: ['PCI-R10'],
    edits: [
      {
        find: 'this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);',
        replace: 'this.#command(kIOPCICommandMemorySpace);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/handler-after-enable',
    bugClass: 'BC-10',
    what: 'The interrupt source is enabled before it has its handler.',
    expected: ['PCI-R14'],
    edits: [
      {
        find: 'this.#interrupt.SetHandler((count) => this.#interruptOccurred(count));',
        replace:
          'this.#interrupt.SetEnable(true);\n' +
          '    this.#interrupt.SetHandler((count) => this.#interruptOccurred(count));',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/writes-identification',
    bugClass: 'BC-18',
    what: 'The liveness check writes the identification register, which is read-only.',
    expected: ['PCI-R18'],
    edits: [
      {
        find: 'this.#registers.LIVENESS.write(pattern >>> 0);',
        replace:
          'this.#pci.MemoryWrite32(0, 0, pattern);\n' +
          '    this.#registers.LIVENESS.write(pattern >>> 0);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/reads-raise',
    bugClass: 'BC-18',
    what: 'The raise register, which does not read back, is read before it is written.',
    expected: ['PCI-R20'],
    edits: [
      {
        find: 'this.#registers.INTERRUPT_RAISE.write(asked)',
        replace: 'this.#pci.MemoryWrite32(0, 0x60, (this.#pci.MemoryRead32(0, 0x60) & 0) | asked)',
      },
    ],
  },
];
