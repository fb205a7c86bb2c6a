# Keeps one process of the emulated host: holds its pipes open while no daemon is there, and writes
# down how it ended. See docs/adr/0005-emulated-processes.md.
# Arguments: process directory, working directory, stdin? stdout? stderr? (1 or 0), largest file in
# blocks of 512 bytes or "unlimited", then the command.
d=$1 w=$2 i=$3 o=$4 e=$5 f=$6
shift 6
exec 9>"$d/life"
woken=0
trap 'woken=1' HUP INT TERM
trap 'woken=1; exec 3>&-' USR1
# Opening a FIFO for both never waits; the second, one-way opening then finds its peer.
if [ "$i" = 1 ]; then exec 3<>"$d/stdin"; exec 5<"$d/stdin"; exec 3>"$d/stdin"; else exec 5</dev/null; fi
if [ "$o" = 1 ]; then exec 7<>"$d/stdout"; exec 4<"$d/stdout"; exec 7>"$d/stdout"; else exec 7>/dev/null; fi
if [ "$e" = 1 ]; then exec 8<>"$d/stderr"; exec 6<"$d/stderr"; exec 8>"$d/stderr"; else exec 8>/dev/null; fi
cd "$w" || exit 1
ulimit -f "$f" 2>/dev/null
if [ ! -x /usr/bin/setsid ]; then set -m; fi
"$@" <&5 >&7 2>&8 3>&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&- &
p=$!
exec 5<&- 7>&- 8>&-
echo "$p $$" >"$d/pid"
echo started >&9
while :; do
  woken=0
  wait "$p"
  r=$?
  [ "$woken" = 0 ] && break
done
ulimit -f unlimited 2>/dev/null
times >"$d/times"
echo "$r" >"$d/exit"
exec 3>&- 9>&-
# Output that nobody has read yet lives as long as a reader's end is open: ours.
if [ "$o$e" != 00 ]; then read -r forever <>"$d/hold"; fi
