;; Looks for what an earlier guest left behind, and leaves something: in its first page and in memory that it grew.
;; The answer is 24 bytes, from address 1024, as hexadecimal digits.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  (memory (export "memory") 2)
  (data (i32.const 16) "0123456789abcdef")
  (data (i32.const 64) "{\"type\":\"result\",\"data\":{\"hex\":\"")
  (data (i32.const 144) "\"}}\0a")
  (func $answer (local $i i32) (local $byte i32)
    (loop $next
      (local.set $byte (i32.load8_u (i32.add (i32.const 1024) (local.get $i))))
      (i32.store8 (i32.add (i32.const 96) (i32.shl (local.get $i) (i32.const 1)))
        (i32.load8_u (i32.add (i32.const 16) (i32.shr_u (local.get $byte) (i32.const 4)))))
      (i32.store8 (i32.add (i32.const 97) (i32.shl (local.get $i) (i32.const 1)))
        (i32.load8_u (i32.add (i32.const 16) (i32.and (local.get $byte) (i32.const 15)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 24))))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 84))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start")
    (drop (memory.grow (i32.const 160)))
    (i64.store (i32.const 1032) (i64.load (i32.const 70000)))
    (i64.store (i32.const 1040) (i64.load (i32.const 8000000)))
    (i64.store (i32.const 70000) (i64.const -1))
    (i64.store (i32.const 8000000) (i64.const -1))
    (call $answer)))
