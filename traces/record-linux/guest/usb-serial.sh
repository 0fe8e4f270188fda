# A serial line over USB: probe, line settings, exchange with an echo, suspend, remove.

load needed
await /dev/usbmon0
start_usbmon

load below
load driver
await '/sys/class/tty/tty[UA][SC][BM]0'
line=/dev/$(basename /sys/class/tty/tty[UA][SC][BM]0)
await "$line"
# The far end of a gadget is in this guest too.
if [ -e /dev/ttyGS0 ]; then
  exec 4<> /dev/ttyGS0
  stty -F /dev/ttyGS0 raw -echo
  cat <&4 >&4 &
fi

# Writes a text and reads the echo of it, with the line open.
exchange() {
  exec 3<> "$line"
  stty -F "$line" raw -echo "$@"
  printf 'Linux on the dyno' >&3
  timeout 10 dd bs=1 count=17 <&3 2> /dev/null || fail 'no echo'
  echo
  exec 3>&-
}

exchange 9600
exchange 115200 cs7 parenb cstopb
exchange 57600 cs8 -parenb -cstopb crtscts

# A gadget in the same guest would be suspended with it, and hang up.
if [ ! -e /dev/ttyGS0 ]; then
  suspend
  exchange 115200 -crtscts
fi

tac /modules/driver | while read -r module; do rmmod "$module"; done

stop_usbmon
