;; Needs something that is not WASI.
(module
  (import "env" "launch" (func $launch))
  (memory (export "memory") 1)
  (func (export "_start") (call $launch)))
