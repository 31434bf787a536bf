;; What it calls its memory is a table.
(module
  (table (export "memory") 1 funcref)
  (func (export "_start")))
