;; Polls four thousand million subscriptions, none, some outside its memory, and a clock that is not there; for ever.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $more
      (drop (call $poll (i32.const 0) (i32.const 1024) (i32.const -1) (i32.const 8)))
      (drop (call $poll (i32.const 0) (i32.const 1024) (i32.const 0) (i32.const 8)))
      (drop (call $poll (i32.const 65530) (i32.const 1024) (i32.const 1) (i32.const 8)))
      (drop (call $poll (i32.const 256) (i32.const -1) (i32.const 64) (i32.const -1)))
      (i32.store (i32.const 272) (i32.const 77))
      (drop (call $poll (i32.const 256) (i32.const 1024) (i32.const 1) (i32.const 8)))
      (br $more))))
