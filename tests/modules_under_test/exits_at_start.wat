;; Exits before it is there: in its start section.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $begin (call $exit (i32.const 0)))
  (start $begin)
  (func (export "_start")))
