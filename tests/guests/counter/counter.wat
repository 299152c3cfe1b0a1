;; An actor without a language runtime: it counts its messages.
;;
;; The state is a decimal number. `init` gives 0, `handle` adds 1 and responds
;; with the new state. Each message is logged first, as one line of level info.
;; A message that contains one of these words does something else:
;;
;;   trap  executes `unreachable`
;;   spin  loops for ever
;;   grow  grows its memory until that is refused, then executes `unreachable`
;;   deep  recurses for ever
;;   err   returns the error "refused"
(module
  (import "theater:actor/log@0.1.0" "write" (func $log (param $level i32) (param $text i32) (param $size i32)))

  (memory (export "memory") 1)
  (data (i32.const 16) "trapspingrowdeeperrrefused0")
  ;; Results are returned in the 20 bytes from 64; the new state is written in the 24 bytes up to 128.
  ;; What the host passes in is allocated from 128 on, and given back when the call has returned.
  (global $next (mut i32) (i32.const 128))

  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32) (local $end i32) (local $pages i32)
    (local.set $at
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (if (i32.lt_u (local.get $end) (local.get $at)) (then unreachable))
    (local.set $pages
      (i32.sub
        (i32.add (i32.shr_u (local.get $end) (i32.const 16)) (i32.const 1))
        (memory.size)))
    (if (i32.gt_s (local.get $pages) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then unreachable))))
    (memory.copy (local.get $at) (local.get $old) (local.get $old-size))
    (global.set $next (local.get $end))
    (local.get $at))

  (func $free (param $results i32)
    (global.set $next (i32.const 128)))
  (export "cabi_post_theater:actor/actor@0.1.0#init" (func $free))
  (export "cabi_post_theater:actor/actor@0.1.0#handle" (func $free))

  ;; Whether the word is somewhere in the text.
  (func $contains (param $text i32) (param $size i32) (param $word i32) (param $word-size i32) (result i32)
    (local $last i32) (local $i i32)
    (local.set $last (i32.sub (i32.add (local.get $text) (local.get $size)) (local.get $word-size)))
    (block $absent
      (loop $next-place
        (br_if $absent (i32.gt_s (local.get $text) (local.get $last)))
        (local.set $i (i32.const 0))
        (block $differs
          (loop $next-byte
            (br_if $differs
              (i32.ne
                (i32.load8_u (i32.add (local.get $text) (local.get $i)))
                (i32.load8_u (i32.add (local.get $word) (local.get $i)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $next-byte (i32.lt_u (local.get $i) (local.get $word-size))))
          (return (i32.const 1)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next-place)))
    (i32.const 0))

  ;; The number that the decimal digits say.
  (func $parse (param $text i32) (param $size i32) (result i64)
    (local $value i64)
    (block $done
      (loop $next-digit
        (br_if $done (i32.eqz (local.get $size)))
        (local.set $value
          (i64.add
            (i64.mul (local.get $value) (i64.const 10))
            (i64.extend_i32_u (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br $next-digit)))
    (local.get $value))

  ;; Writes the number in decimal so that it ends before 128; returns where it begins.
  (func $format (param $value i64) (result i32)
    (local $at i32)
    (local.set $at (i32.const 128))
    (loop $next-digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at)
        (i32.add (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10))) (i32.const 48)))
      (local.set $value (i64.div_u (local.get $value) (i64.const 10)))
      (br_if $next-digit (i64.ne (local.get $value) (i64.const 0))))
    (local.get $at))

  (func $spin
    (loop $again (br $again)))

  (func $grow
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    unreachable)

  ;; Adds after the call, so that no engine can make a loop of it.
  (func $deep (param $n i32) (result i32)
    (i32.add (call $deep (i32.add (local.get $n) (i32.const 1))) (local.get $n)))

  (func (export "theater:actor/actor@0.1.0#init") (param $params i32) (param $size i32) (result i32)
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 68) (i32.const 42))
    (i32.store (i32.const 72) (i32.const 1))
    (i32.const 64))

  (func (export "theater:actor/actor@0.1.0#handle")
    (param $state i32) (param $state-size i32) (param $message i32) (param $size i32) (result i32)
    (local $at i32)
    (call $log (i32.const 1) (local.get $message) (local.get $size))
    (if (call $contains (local.get $message) (local.get $size) (i32.const 16) (i32.const 4)) (then unreachable))
    (if (call $contains (local.get $message) (local.get $size) (i32.const 20) (i32.const 4)) (then (call $spin)))
    (if (call $contains (local.get $message) (local.get $size) (i32.const 24) (i32.const 4)) (then (call $grow)))
    (if (call $contains (local.get $message) (local.get $size) (i32.const 28) (i32.const 4))
      (then (drop (call $deep (i32.const 0)))))
    (if (call $contains (local.get $message) (local.get $size) (i32.const 32) (i32.const 3))
      (then
        (i32.store8 (i32.const 64) (i32.const 1))
        (i32.store (i32.const 68) (i32.const 35))
        (i32.store (i32.const 72) (i32.const 7))
        (return (i32.const 64))))
    (local.set $at
      (call $format (i64.add (call $parse (local.get $state) (local.get $state-size)) (i64.const 1))))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 68) (local.get $at))
    (i32.store (i32.const 72) (i32.sub (i32.const 128) (local.get $at)))
    (i32.store (i32.const 76) (local.get $at))
    (i32.store (i32.const 80) (i32.sub (i32.const 128) (local.get $at)))
    (i32.const 64)))
