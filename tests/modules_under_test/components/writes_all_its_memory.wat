;; Hands the host its whole memory as one list, which is 32 times as large on the way.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stdout" (func $get_stdout (result i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(func (export "run") (result i32)
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
  (call $write (call $get_stdout) (i32.const 0) (i32.mul (memory.size) (i32.const 65535)) (i32.const 16))
  (i32.const 0))
