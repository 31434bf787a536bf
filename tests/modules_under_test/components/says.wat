;; Writes to stdout what it reads from stdin, byte for byte: the test chooses what the module says.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stdin" (func $get_stdin (result i32)))
(import "wasi" "get-stdout" (func $get_stdout (result i32)))
(import "wasi" "read" (func $read (param i32 i64 i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(func (export "run") (result i32) (local $in i32) (local $out i32)
  (local.set $in (call $get_stdin))
  (local.set $out (call $get_stdout))
  (loop $more
    (call $read (local.get $in) (i64.const 4096) (i32.const 0))
    ;; 0 is ok; then address and length follow.
    (if (i32.eqz (i32.load8_u (i32.const 0)))
      (then
        (call $write (local.get $out) (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 16))
        (br $more))))
  (i32.const 0))
