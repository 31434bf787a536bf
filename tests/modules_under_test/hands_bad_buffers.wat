;; Hands the host every kind of bad buffer: outside its memory, longer than any, overlapping the list that describes them, too
;; many. Whatever the host says to them, it then answers with how many of the eight were refused.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $refused (mut i32) (i32.const 0))
  (data (i32.const 64) "{\"type\":\"result\",\"data\":{\"refused\":0}}\0a")
  (func $tried (param i32)
    (if (local.get 0) (then (global.set $refused (i32.add (global.get $refused) (i32.const 1))))))
  (func $buffer (param $address i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $address))
    (i32.store (i32.const 4) (local.get $length)))
  (func (export "_start")
    ;; The list itself lies outside, or ends there.
    (call $tried (call $fd_write (i32.const 2) (i32.const -8) (i32.const 1) (i32.const 32)))
    (call $tried (call $fd_write (i32.const 2) (i32.const 65532) (i32.const 1) (i32.const 32)))
    ;; More buffers than anybody has.
    (call $tried (call $fd_write (i32.const 2) (i32.const 0) (i32.const 0x80000000) (i32.const 32)))
    (call $tried (call $fd_read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 32)))
    ;; Where the host writes how much it was lies outside.
    (call $buffer (i32.const 128) (i32.const 1))
    (call $tried (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const -4)))
    ;; A buffer that begins outside, one that ends there, one that is as long as everything.
    (call $buffer (i32.const -16) (i32.const 8))
    (call $tried (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))
    (call $buffer (i32.const 65530) (i32.const 100))
    (call $tried (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 32)))
    (call $buffer (i32.const 65535) (i32.const -1))
    (call $tried (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 32)))
    ;; Stdin, read over the list that describes where it goes to.
    (call $buffer (i32.const 0) (i32.const 2))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)))
    (i32.store8 (i32.const 99) (i32.add (i32.const 48) (global.get $refused)))
    (call $buffer (i32.const 64) (i32.const 39))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))
