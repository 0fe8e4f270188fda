#!/bin/busybox sh
# First process of the guest: prepares the recorders, performs the workload, sends what was
# recorded through the second serial port, and powers the machine off.

/bin/busybox mkdir -p /bin /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
stty -F /dev/ttyS1 raw -echo 115200

TRACING=/sys/kernel/tracing
POLLS_MAX=200

# A phase of the workload, named in every recording: in the kernel's own, and, by way of QEMU's
# debug console at port e9, in QEMU's log.
phase() {
  echo "phase $1" > $TRACING/trace_marker
  echo "$1" | fold -w 1 | while IFS= read -r letter; do port_e9 "$letter"; done
  port_e9 '\n'
  echo "phase $1"
}

# /dev/port writes byte N at port N: one byte at a time.
port_e9() {
  printf "$1" | dd of=/dev/port bs=1 count=1 seek=233 conv=notrunc 2> /dev/null
}

# Loads the modules of a list in its order.
load() {
  while read -r module; do insmod "/modules/$module.ko" || fail "insmod $module"; done < "/modules/$1"
}

# Waits for something to appear in the file system; takes a pattern.
await() {
  polls=0
  until ls -d $1 > /dev/null 2>&1; do
    polls=$((polls + 1))
    [ $polls -gt $POLLS_MAX ] && fail "no $1"
    sleep 0.05
  done
}

# Sends what comes in: a line with its name and size, then its bytes, compressed.
send() {
  gzip > /tmp/sent
  echo "file $1 $(stat -c %s /tmp/sent)" > /dev/ttyS1
  cat /tmp/sent > /dev/ttyS1
}

fail() {
  echo "fail $1" > /dev/ttyS1
  poweroff -f
}

# Suspends every device and resumes it, without stopping the machine.
suspend() {
  echo devices > /sys/power/pm_test
  echo freeze > /sys/power/state
}

# Says something to QEMU's monitor, by way of the third serial port.
monitor() {
  stty -F /dev/ttyS2 raw -echo 115200
  echo "$1" > /dev/ttyS2
}

start_usbmon() {
  cat /dev/usbmon0 > /tmp/usbmon &
  pipe=$!
}

stop_usbmon() {
  sleep 1
  kill $pipe
  send usbmon < /tmp/usbmon
}

start_mmiotrace() {
  echo mono > $TRACING/trace_clock
  echo 16384 > $TRACING/buffer_size_kb
  echo mmiotrace > $TRACING/current_tracer
  # Only the pipe begins with the version and the PCI devices.
  cat $TRACING/trace_pipe > /tmp/mmiotrace &
  pipe=$!
}

stop_mmiotrace() {
  sleep 1
  kill $pipe
  echo nop > $TRACING/current_tracer
  send mmiotrace < /tmp/mmiotrace
}

# A buffer of its own: mmiotrace shows nothing but its own events.
BESIDE=$TRACING/instances/beside

# Switches a kernel event on in that buffer, with a filter where there is one.
trace_event() {
  [ -d $BESIDE ] || mkdir $BESIDE && echo mono > $BESIDE/trace_clock
  [ -n "$2" ] && echo "$2" > "$BESIDE/events/$1/filter"
  echo 1 > "$BESIDE/events/$1/enable" || fail "no event $1"
}

# Makes an event of a function of the kernel: name, function, and what to fetch.
trace_function() {
  echo "p:dyno/$*" >> $TRACING/kprobe_events || fail "no function $2"
  trace_event "dyno/$1"
}

stop_tracepoints() {
  echo 0 > $BESIDE/tracing_on
  send tracepoints < $BESIDE/trace
}

. /workload.sh
echo done > /dev/ttyS1
sync
poweroff -f
