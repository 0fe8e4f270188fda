# Linux's e1000e driver: probe, up, packets, suspend, packets, down, remove.

load needed
start_mmiotrace
trace_event irq/irq_handler_entry 'name ~ "eth0*"'

phase probe
load driver

up() {
  ip link set eth0 up
  polls=0
  until [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; do
    polls=$((polls + 1))
    [ $polls -gt $POLLS_MAX ] && fail 'no link'
    sleep 0.05
  done
  ip addr add 10.0.2.15/24 dev eth0
}

phase up
up

phase ping
ping -c 2 -A 10.0.2.2

phase suspend
suspend

phase again
ping -c 1 10.0.2.2

phase down
ip link set eth0 down

phase remove
rmmod e1000e
phase end

stop_mmiotrace
stop_tracepoints
