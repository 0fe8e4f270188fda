/** What there is to record: for each driver of Linux the machine, the modules and the workload. */

export interface Recording {
  /** Folder of the corpus. */
  readonly folder: string;
  /** What the recording is of, for its provenance. */
  readonly device: string;
  /** Loaded before the recorders start; what they need themselves comes along. */
  readonly modules: readonly string[];
  /** Loaded by the workload; none for a driver that is built into the kernel. */
  readonly driver: readonly string[];
  /** Drivers of the device's own bus, which the workload loads first. */
  readonly below?: readonly string[];
  /** Workload in the folder guest/. */
  readonly script: string;
  /** Options of QEMU; `disk0` and `disk1` are empty disks, `echo` is a line that echoes. */
  readonly options: readonly string[];
  /** QEMU's name for the PCI function whose accesses are kept; none where usbmon records. */
  readonly pciName?: string;
  /** QEMU's own trace points of the device, as patterns of its option -trace. */
  readonly tracePoints?: readonly string[];
}

const USB = ['-device', 'qemu-xhci'];
/** A third serial port, at whose far end QEMU's monitor listens. */
const MONITOR = ['-serial', 'chardev:to-monitor', '-mon', 'chardev=monitor'];

export const RECORDINGS: Readonly<Record<string, Recording>> = {
  nvme: {
    folder: 'nvme',
    device: 'QEMU NVM Express Controller 1b36:0010',
    modules: ['nvme_core'],
    driver: ['nvme'],
    script: 'nvme.sh',
    // The controller and namespaces of the target qemu:nvme.
    options: [
      ...['-device', 'nvme,id=nvme0,serial=DYNO0001,addr=4'],
      ...['-device', namespace(1, 512)],
      ...['-device', namespace(2, 4096)],
    ],
    pciName: 'nvme',
    tracePoints: [
      ...['pci_nvme_admin_cmd', 'pci_nvme_io_cmd', 'pci_nvme_enqueue_req_completion'],
      ...['pci_nvme_irq_*', 'pci_nvme_err_*', 'pci_nvme_ub_*'],
    ],
  },
  '8250_pci': {
    folder: 'uart-16550',
    device: 'QEMU pci-serial (16550A) 1b36:0002',
    modules: [],
    // Built into Debian's kernel: the first probe is part of the boot.
    driver: [],
    script: '8250_pci.sh',
    options: ['-device', 'pci-serial,chardev=echo,addr=4'],
    pciName: 'pci-serial',
    tracePoints: ['ioapic_set_irq'],
  },
  e1000e: {
    folder: 'e1000e',
    device: 'QEMU e1000e (Intel 82574L) 8086:10d3',
    modules: [],
    driver: ['e1000e'],
    script: 'e1000e.sh',
    options: [
      ...['-netdev', 'user,id=net0,restrict=on'],
      ...['-device', 'e1000e,netdev=net0,mac=52:54:00:12:34:56,addr=4'],
    ],
    pciName: 'e1000e',
    tracePoints: ['e1000e_irq_*notify*', 'e1000e_wrn_*'],
  },
  usbhid: {
    folder: 'usb-kbd',
    device: 'QEMU usb-kbd 0627:0001',
    modules: ['usbmon', 'hid_generic', 'evdev'],
    below: ['xhci_pci'],
    driver: ['usbhid'],
    script: 'usbhid.sh',
    options: [...USB, '-device', 'usb-kbd', ...MONITOR],
  },
  'usb-storage': {
    folder: 'usb-storage',
    device: 'QEMU usb-storage 46f4:0001',
    modules: ['usbmon', 'sd_mod'],
    below: ['xhci_pci'],
    driver: ['usb_storage'],
    script: 'usb-storage.sh',
    options: [...USB, '-device', 'usb-storage,drive=disk0'],
  },
  ftdi_sio: {
    folder: 'usb-ftdi',
    device: 'QEMU usb-serial (FT232) 0403:6001',
    modules: ['usbmon', 'usbserial'],
    below: ['xhci_pci'],
    driver: ['ftdi_sio'],
    script: 'usb-serial.sh',
    options: [...USB, '-device', 'usb-serial,chardev=echo'],
  },
  cdc_acm: {
    folder: 'usb-cdc-acm',
    device: 'Linux gadget g_serial 0525:a4a7 on dummy_hcd',
    modules: ['usbmon', 'usb_f_acm'],
    below: ['dummy_hcd', 'g_serial'],
    driver: ['cdc_acm'],
    script: 'usb-serial.sh',
    options: [],
  },
};

function namespace(nsid: number, blockBytes: number): string {
  const blocks = `logical_block_size=${blockBytes},physical_block_size=${blockBytes}`;
  return `nvme-ns,bus=nvme0,nsid=${nsid},drive=disk${nsid - 1},${blocks}`;
}
