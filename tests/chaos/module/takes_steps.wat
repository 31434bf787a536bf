;; Takes as many steps as its input says, and says the last digit of each. The input is {"steps":S,"pause":P,"held":H} in
;; this order, S below a thousand. Between steps it sleeps P times 25 ms. With H it yields after its first step, where a
;; test may hold it.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "{\"type\":\"token\",\"text\":\"step 0 \"}\0a")
  (data (i32.const 64) "{\"type\":\"result\",\"data\":{\"steps\":   }}\0a")
  (global $at (mut i32) (i32.const 1024))
  (func $write (param $from i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  ;; The byte that is read next, less that of a zero: above nine when it is no digit.
  (func $byte (result i32) (i32.sub (i32.load8_u (global.get $at)) (i32.const 48)))
  (func $on (global.set $at (i32.add (global.get $at) (i32.const 1))))
  ;; The next number of the input.
  (func $number (result i32) (local $value i32)
    (loop $before
      (if (i32.gt_u (call $byte) (i32.const 9)) (then (call $on) (br $before))))
    (loop $digits
      (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (call $byte)))
      (call $on)
      (br_if $digits (i32.le_u (call $byte) (i32.const 9))))
    (local.get $value))
  ;; Writes a number that ends at a place; what stands before it stays.
  (func $print (param $value i32) (param $end i32)
    (loop $more
      (i32.store8 (local.get $end) (i32.add (i32.rem_u (local.get $value) (i32.const 10)) (i32.const 48)))
      (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (br_if $more (local.get $value))))
  ;; A subscription to the monotonic clock: 48 bytes at 256.
  (func $sleep (param $nanoseconds i64)
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (local.get $nanoseconds))
    (drop (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $steps i32) (local $pause i32) (local $held i32) (local $step i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 1024))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $steps (call $number))
    (local.set $pause (call $number))
    (local.set $held (call $number))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $step) (local.get $steps)))
        (local.set $step (i32.add (local.get $step) (i32.const 1)))
        (i32.store8 (i32.const 45) (i32.add (i32.rem_u (local.get $step) (i32.const 10)) (i32.const 48)))
        (call $write (i32.const 16) (i32.const 34))
        (if (i32.and (local.get $held) (i32.eq (local.get $step) (i32.const 1)))
          (then
            ;; Sleeping sends the first step on its way.
            (call $sleep (i64.const 1000000))
            (drop (call $sched_yield))))
        (if (local.get $pause)
          (then (call $sleep (i64.mul (i64.extend_i32_u (local.get $pause)) (i64.const 25000000)))))
        (br $more)))
    (call $print (local.get $steps) (i32.const 99))
    (call $write (i32.const 64) (i32.const 39))))
