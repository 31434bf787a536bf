;; Calls what it was not given: a file, a directory, a socket, a signal; answers with the sum of what it was told.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $exit (i32.add
      (i32.add
        (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i64.const 0) (i64.const 0)
          (i32.const 0) (i32.const 8))
        (call $list (i32.const 3) (i32.const 0) (i32.const 64) (i64.const 0) (i32.const 8)))
      (i32.add (call $accept (i32.const 3) (i32.const 0) (i32.const 8)) (call $raise (i32.const 9)))))))
