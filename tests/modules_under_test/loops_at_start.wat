;; Never ends, and does so before its _start: in the start section, while it is instantiated.
(module
  (memory (export "memory") 1)
  (func $loop (loop $again (br $again)))
  (start $loop)
  (func (export "_start")))
