;; Exits with an error.
(import "wasi" "exit" (func $exit (param i32)))
(func (export "run") (result i32) (call $exit (i32.const 1)) (i32.const 0))
