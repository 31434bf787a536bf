;; Writes one token and runs for ever.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stdout" (func $get_stdout (result i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(data (i32.const 16) "{\"type\":\"token\",\"text\":\"I run\"}\0a")
(func (export "run") (result i32)
  (call $write (call $get_stdout) (i32.const 16) (i32.const 32) (i32.const 0))
  (loop $for_ever (br $for_ever))
  (i32.const 0))
