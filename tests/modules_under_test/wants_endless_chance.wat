;; Asks for four gigabytes of random bytes, and then for sixteen megabytes again and again.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 200)
  (func (export "_start")
    (loop $more
      (drop (call $random_get (i32.const 0) (i32.const -1)))
      (drop (call $random_get (i32.const 0) (i32.const 13107200)))
      (br $more))))
