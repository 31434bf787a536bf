;; What every component under test is made of: WASI 0.2 on the outside, one core module (in the place that is marked) that sees it as
;; functions of "wasi". Results that do not fit a number are written at the address given last.
(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $an-error))
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $a-pollable))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "input-stream" (type $input (sub resource)))
    (export "output-stream" (type $output (sub resource)))
    (alias outer 1 $an-error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (type $failure (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $failure)))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $input)) (param "len" u64) (result (result (list u8) (error $stream-error)))))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output)) (param "contents" (list u8)) (result (result (error $stream-error)))))
    (export "[method]output-stream.blocking-write-zeroes-and-flush"
      (func (param "self" (borrow $output)) (param "len" u64) (result (result (error $stream-error)))))))
  (alias export $streams "input-stream" (type $an-input))
  (alias export $streams "output-stream" (type $an-output))
  (import "wasi:cli/stdin@0.2.0" (instance $stdin
    (alias outer 1 $an-input (type $outer)) (export "input-stream" (type $input (eq $outer)))
    (export "get-stdin" (func (result (own $input))))))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $an-output (type $outer)) (export "output-stream" (type $output (eq $outer)))
    (export "get-stdout" (func (result (own $output))))))
  (import "wasi:cli/stderr@0.2.0" (instance $stderr
    (alias outer 1 $an-output (type $outer)) (export "output-stream" (type $output (eq $outer)))
    (export "get-stderr" (func (result (own $output))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-environment" (func (result (list (tuple string string)))))
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
    (alias outer 1 $a-pollable (type $outer)) (export "pollable" (type $pollable (eq $outer)))
    (export "now" (func (result u64)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
  (import "wasi:clocks/wall-clock@0.2.0" (instance $wall
    (type $moment (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime (eq $moment)))
    (export "now" (func (result $datetime)))))
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))
    (export "get-random-u64" (func (result u64)))))
  (import "wasi:sockets/network@0.2.0" (instance $network
    (type $codes (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
      "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit" "address-not-bindable"
      "address-in-use" "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted"
      "datagram-too-large" "name-unresolvable" "temporary-resolver-failure" "permanent-resolver-failure"))
    (export "error-code" (type (eq $codes)))))
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp (export "tcp-socket" (type (sub resource)))))
  (alias export $network "error-code" (type $an-error-code))
  (alias export $tcp "tcp-socket" (type $a-socket))
  (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $sockets
    (alias outer 1 $an-error-code (type $outer-code)) (export "error-code" (type $code (eq $outer-code)))
    (alias outer 1 $a-socket (type $outer-socket)) (export "tcp-socket" (type $socket (eq $outer-socket)))
    (type $families (enum "ipv4" "ipv6")) (export "ip-address-family" (type $family (eq $families)))
    (export "create-tcp-socket" (func (param "family" $family) (result (result (own $socket) (error $code)))))))
  (import "wasi:filesystem/types@0.2.0" (instance $files (export "descriptor" (type (sub resource)))))
  (alias export $files "descriptor" (type $a-descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $a-descriptor (type $outer)) (export "descriptor" (type $descriptor (eq $outer)))
    (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))

  ;; The memory, and an allocator that never frees: what the host gives a guest is put behind the first 64 KiB.
  (core module $libc
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 65536))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))

  (core func $get-stdin (canon lower (func $stdin "get-stdin")))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $get-stderr (canon lower (func $stderr "get-stderr")))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory $memory) (realloc $realloc)))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core func $zeroes
    (canon lower (func $streams "[method]output-stream.blocking-write-zeroes-and-flush") (memory $memory)))
  (core func $exits (canon lower (func $exit "exit")))
  (core func $environ (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc)))
  (core func $arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $monotonic-now (canon lower (func $monotonic "now")))
  (core func $after (canon lower (func $monotonic "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $drop-pollable (canon resource.drop $a-pollable))
  (core func $drop-output (canon resource.drop $an-output))
  (core func $wall-now (canon lower (func $wall "now") (memory $memory)))
  (core func $random-bytes (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))
  (core func $random-number (canon lower (func $random "get-random-u64")))
  (core func $socket (canon lower (func $sockets "create-tcp-socket") (memory $memory)))
  (core func $directories (canon lower (func $preopens "get-directories") (memory $memory) (realloc $realloc)))

  (core module $guest @GUEST@)
  (core instance $guest (instantiate $guest
    (with "libc" (instance $libc))
    (with "wasi" (instance
      (export "get-stdin" (func $get-stdin))
      (export "get-stdout" (func $get-stdout))
      (export "get-stderr" (func $get-stderr))
      (export "read" (func $read))
      (export "write" (func $write))
      (export "zeroes" (func $zeroes))
      (export "exit" (func $exits))
      (export "environment" (func $environ))
      (export "arguments" (func $arguments))
      (export "monotonic-now" (func $monotonic-now))
      (export "after" (func $after))
      (export "block" (func $block))
      (export "drop-pollable" (func $drop-pollable))
      (export "drop-output" (func $drop-output))
      (export "wall-now" (func $wall-now))
      (export "random-bytes" (func $random-bytes))
      (export "random-number" (func $random-number))
      (export "socket" (func $socket))
      (export "directories" (func $directories))))))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command)))
