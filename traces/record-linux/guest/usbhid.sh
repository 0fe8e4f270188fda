# Linux's usbhid driver: probe, keys, lights, suspend, unbind and rebind, remove.

DRIVER=/sys/bus/usb/drivers/usbhid

load needed
await /dev/usbmon0
start_usbmon

load below
load driver
await "$DRIVER/*:*/*/input/input*/event*"
interface=$(basename $DRIVER/*:*)
keyboard=$(basename $DRIVER/$interface/*/input/input*/event*)

cat "/dev/input/$keyboard" > /dev/null &
listener=$!
sleep 0.3
for key in d y n o shift-a ctrl-alt-f1; do
  monitor "sendkey $key"
  sleep 0.3
done

# struct input_event: 16 bytes of time, type 0x11 (EV_LED), code 1 (LED_CAPSL), value.
for value in 1 0; do
  printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\021\0\001\0\00'$value'\0\0\0' > "/dev/input/$keyboard"
  sleep 0.2
done

suspend
monitor 'sendkey z'
sleep 0.3
kill $listener

echo "$interface" > $DRIVER/unbind
echo "$interface" > $DRIVER/bind
sleep 0.5
rmmod usbhid

stop_usbmon
