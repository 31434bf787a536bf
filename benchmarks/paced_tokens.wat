;; Waits @FIRST@ nanoseconds, then writes @TOKENS@ tokens, one every @INTERVAL@ nanoseconds, and answers.
;; A token's text is the monotonic time, in nanoseconds, at which it was written: whoever gets it knows how long it took.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  ;; 0: what to write, address and size. 8: how much was written. 16: the time. 64: a subscription. 128: its event.
  (data (i32.const 256) "{\"type\":\"token\",\"text\":\"--------------------\"}\0a")
  (data (i32.const 320) "{\"type\":\"result\",\"data\":{\"told\":true}}\0a")
  (func $now (result i64)
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 16)))
    (i64.load (i32.const 16)))
  (func $say (param $at i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $sleep_until (param $due i64)
    ;; The monotonic clock, an absolute time.
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (local.get $due))
    (i32.store16 (i32.const 104) (i32.const 1))
    (drop (call $poll_oneoff (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 8))))
  (func $say_the_time
    (local $left i64)
    (local $at i32)
    (local.set $left (call $now))
    ;; Twenty digits, the last one first.
    (local.set $at (i32.const 299))
    (loop $digit
      (i32.store8
        (local.get $at)
        (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $left) (i64.const 10)))))
      (local.set $left (i64.div_u (local.get $left) (i64.const 10)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $digit (i32.ge_u (local.get $at) (i32.const 280))))
    (call $say (i32.const 256) (i32.const 47)))
  (func (export "_start")
    (local $said i32)
    (local $due i64)
    (local.set $due (i64.add (call $now) (i64.const @FIRST@)))
    (loop $more
      (local.set $due (i64.add (local.get $due) (i64.const @INTERVAL@)))
      (call $sleep_until (local.get $due))
      (call $say_the_time)
      (local.set $said (i32.add (local.get $said) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $said) (i32.const @TOKENS@))))
    (call $say (i32.const 320) (i32.const 39))))
