# Linux's nvme driver: probe, reads and writes, flush, discard, reset, suspend, unbind and rebind.

device() { basename /sys/bus/pci/drivers/nvme/0000:*; }

load needed
start_mmiotrace
trace_event nvme
trace_event irq/irq_handler_entry 'name ~ "nvme*"'
# The 64 bytes of each command, by way of the pointer that follows struct request (272 bytes in
# Debian's Linux 6.1; the conversion compares what is found with the kernel's own event).
trace_function submit blk_mq_start_request 'entry=+0(+272($arg1)):x64[8]'
trace_function async_event nvme:nvme_pci_submit_async_event

phase probe
load driver
await /dev/nvme0n1
await /dev/nvme0n2

phase read
dd if=/dev/nvme0n1 of=/dev/null bs=512 count=2 skip=64 iflag=direct
dd if=/dev/nvme0n2 of=/dev/null bs=64k count=1 iflag=direct

phase write
yes dyno | head -c 16384 > /tmp/pattern
dd if=/tmp/pattern of=/dev/nvme0n1 bs=4k count=4 seek=8 oflag=direct
dd if=/tmp/pattern of=/dev/nvme0n2 bs=16k count=1 oflag=direct

phase flush
dd if=/tmp/pattern of=/dev/nvme0n1 bs=512 count=1 seek=1 oflag=direct conv=fsync

phase discard
blkdiscard -o 32768 -l 16384 /dev/nvme0n1

phase verify
dd if=/dev/nvme0n1 of=/tmp/back bs=4k count=4 skip=8 iflag=direct

phase reset
echo 1 > /sys/class/nvme/nvme0/reset_controller
dd if=/dev/nvme0n1 of=/dev/null bs=4k count=1 skip=4 iflag=direct

phase suspend
suspend
dd if=/dev/nvme0n1 of=/dev/null bs=4k count=1 skip=5 iflag=direct

phase unbind
address=$(device)
echo "$address" > /sys/bus/pci/drivers/nvme/unbind

phase rebind
echo "$address" > /sys/bus/pci/drivers/nvme/bind
await /dev/nvme0n2

phase remove
rmmod nvme
phase end

stop_mmiotrace
stop_tracepoints
