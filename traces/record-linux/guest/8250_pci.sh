# Linux's 8250_pci driver (the first probe is in the boot): open, line settings, write, what the
# far end echoes, suspend, unbind and rebind.

DRIVER=/sys/bus/pci/drivers/serial
address=$(basename $DRIVER/0000:*)
line() { echo /dev/$(basename $DRIVER/$address/tty/*); }

send irq < $DRIVER/$address/irq

# Writes a text and reads the echo of it, with the line open.
exchange() {
  exec 3<> "$(line)"
  stty -F "$(line)" raw -echo "$@"
  printf 'Linux on the dyno' >&3
  timeout 10 dd bs=1 count=17 <&3 2> /dev/null || fail 'no echo'
  echo
  exec 3>&-
}

phase open
exec 3<> "$(line)"
exec 3>&-

phase exchange
exchange 115200

phase configure
for settings in '9600 cs7 parenb' '57600 cs8 -parenb cstopb' '115200 -cstopb crtscts'; do
  stty -F "$(line)" raw -echo $settings
done
stty -F "$(line)" raw -echo -crtscts

phase burst
exec 3<> "$(line)"
stty -F "$(line)" raw -echo 115200
yes dyno | head -c 200 >&3
timeout 10 dd bs=1 count=200 of=/dev/null <&3 || fail 'no echo of the burst'
exec 3>&-

phase suspend
suspend
exchange 115200

phase unbind
echo "$address" > $DRIVER/unbind

phase rebind
echo "$address" > $DRIVER/bind
exchange 38400

phase remove
echo "$address" > $DRIVER/unbind
phase end
