;; Writes the same 64 KiB again and again.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stdout" (func $get_stdout (result i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(func (export "run") (result i32) (local $out i32)
  (local.set $out (call $get_stdout))
  (loop $more
    (call $write (local.get $out) (i32.const 65536) (i32.const 65536) (i32.const 0))
    (br $more))
  (i32.const 0))
