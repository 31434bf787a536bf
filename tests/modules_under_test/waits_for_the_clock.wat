;; Waits until the clock moves. It stands still.
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $now (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $now (i32.const 1) (i64.const 0) (i32.const 0)))
    (loop $more
      (drop (call $now (i32.const 1) (i64.const 0) (i32.const 8)))
      (br_if $more (i64.eq (i64.load (i32.const 0)) (i64.load (i32.const 8)))))))
