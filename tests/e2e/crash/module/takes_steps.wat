;; Takes as many steps as its input says, and says each. The input is {"steps":S,"pause":P,"held":H}, one digit each and
;; in this order. Between steps it sleeps P times 25 ms. With H it yields after its first step, where a test may hold it.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "{\"type\":\"token\",\"text\":\"step 0 \"}\0a")
  (data (i32.const 64) "{\"type\":\"result\",\"data\":{\"steps\":0}}\0a")
  (global $at (mut i32) (i32.const 1024))
  (func $write (param $from i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  ;; The next digit of the input.
  (func $digit (result i32) (local $byte i32)
    (loop $next
      (local.set $byte (i32.sub (i32.load8_u (global.get $at)) (i32.const 48)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (br_if $next (i32.gt_u (local.get $byte) (i32.const 9))))
    (local.get $byte))
  ;; A subscription to the monotonic clock: 48 bytes at 256.
  (func $sleep (param $nanoseconds i64)
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (local.get $nanoseconds))
    (drop (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $steps i32) (local $pause i32) (local $held i32) (local $step i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 1024))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $steps (call $digit))
    (local.set $pause (call $digit))
    (local.set $held (call $digit))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $step) (local.get $steps)))
        (local.set $step (i32.add (local.get $step) (i32.const 1)))
        (i32.store8 (i32.const 45) (i32.add (local.get $step) (i32.const 48)))
        (call $write (i32.const 16) (i32.const 34))
        (if (i32.and (local.get $held) (i32.eq (local.get $step) (i32.const 1)))
          (then
            ;; Sleeping sends the first step on its way.
            (call $sleep (i64.const 1000000))
            (drop (call $sched_yield))))
        (if (local.get $pause)
          (then (call $sleep (i64.mul (i64.extend_i32_u (local.get $pause)) (i64.const 25000000)))))
        (br $more)))
    (i32.store8 (i32.const 97) (i32.add (local.get $steps) (i32.const 48)))
    (call $write (i32.const 64) (i32.const 37))))
