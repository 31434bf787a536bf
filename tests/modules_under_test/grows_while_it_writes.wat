;; Grows its memory between every two calls, and writes from the newest page: what the host kept of it is out of date.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data $line "{\"type\":\"token\",\"text\":\"grown\"}\0a")
  (func (export "_start") (local $page i32)
    (loop $more
      (local.set $page (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
      (if (i32.ne (local.get $page) (i32.const -65536))
        (then
          (memory.init $line (local.get $page) (i32.const 0) (i32.const 32))
          (i32.store (i32.const 0) (local.get $page))
          (i32.store (i32.const 4) (i32.const 32))
          (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
          (br $more))))
    unreachable))
