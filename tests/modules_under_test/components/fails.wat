;; Says why on stderr, and returns an error.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stderr" (func $get_stderr (result i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(data (i32.const 16) "the input is upside down\0a")
(func (export "run") (result i32)
  (call $write (call $get_stderr) (i32.const 16) (i32.const 25) (i32.const 0))
  (i32.const 1))
