;; Its allocator (in the frame) is fine, but it makes the host allocate until the memory is full.
(import "libc" "memory" (memory 1))
(import "wasi" "random-bytes" (func $random_bytes (param i64 i32)))
(func (export "run") (result i32) (loop $more (call $random_bytes (i64.const 65536) (i32.const 0)) (br $more)) (i32.const 0))
