# Linux's usb-storage driver: probe, reads, writes, flush, suspend, remove.

load needed
await /dev/usbmon0
start_usbmon

load below
load driver
await /dev/sda

dd if=/dev/sda of=/dev/null bs=4k count=2 skip=16 iflag=direct
yes dyno | head -c 8192 > /tmp/pattern
dd if=/tmp/pattern of=/dev/sda bs=4k count=2 seek=8 oflag=direct
dd if=/tmp/pattern of=/dev/sda bs=512 count=1 seek=1 oflag=direct conv=fsync
dd if=/dev/sda of=/tmp/back bs=8k count=1 skip=4 iflag=direct
cmp /tmp/pattern /tmp/back || fail 'what was written does not come back'

suspend
dd if=/dev/sda of=/dev/null bs=512 count=1 skip=99 iflag=direct

rmmod usb_storage

stop_usbmon
