/** Link types of pcap that we read or write (tcpdump.org's list of link-layer header types). */
export const LinkType = {
  /** Linux usbmon with a header of 48 bytes. */
  UsbLinux: 189,
  /** Linux usbmon with a header of 64 bytes. */
  UsbLinuxMapped: 220,
  /** USBPcap of Windows. */
  UsbPcap: 249,
  /** Reserved for private use: here a line of our text form. */
  Private: 147,
} as const;
