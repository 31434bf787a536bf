;; Drops the same stream twice.
(import "wasi" "get-stdout" (func $get_stdout (result i32)))
(import "wasi" "drop-output" (func $drop (param i32)))
(func (export "run") (result i32) (local $out i32)
  (local.set $out (call $get_stdout))
  (call $drop (local.get $out))
  (call $drop (local.get $out))
  (i32.const 0))
