;; Grows its memory until it gets no more, writes what an allocator says then, and traps.
(import "libc" "memory" (memory 1))
(import "wasi" "get-stderr" (func $get_stderr (result i32)))
(import "wasi" "write" (func $write (param i32 i32 i32 i32)))
(data (i32.const 16) "memory allocation of 1048576 bytes failed\0a")
(func (export "run") (result i32)
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
  (call $write (call $get_stderr) (i32.const 16) (i32.const 42) (i32.const 0))
  unreachable)
