;; A guest that hands every kind of value on: each function of `run` calls the
;; function of `echo` with the same name and returns what it gets. The tool that
;; builds this file writes those functions; here is what is left: memory, the
;; resource `tally` that the guest keeps, and its work with the host's `blob`.
(module
  (import "test:values/echo@0.1.0" "[constructor]blob" (func $new-blob (param i32 i32) (result i32)))
  (import "test:values/echo@0.1.0" "[method]blob.size" (func $blob-size (param i32) (result i32)))
  (import "test:values/echo@0.1.0" "[method]blob.append" (func $blob-append (param i32 i32 i32)))
  (import "test:values/echo@0.1.0" "[static]blob.join" (func $blob-join (param i32 i32) (result i32)))
  (import "test:values/echo@0.1.0" "[resource-drop]blob" (func $drop-blob (param i32)))
  (import "[export]test:values/run@0.1.0" "[resource-new]tally" (func $new-tally (param i32) (result i32)))
  (import "[export]test:values/run@0.1.0" "[resource-rep]tally" (func $tally-rep (param i32) (result i32)))
  (import "[export]test:values/run@0.1.0" "[resource-drop]tally" (func $drop-tally (param i32)))
  ;; @imports

  (memory (export "memory") 1)
  ;; Results are returned at 1024, up to 1,024 bytes. From 2048 to 8192 are the tallies, 8 bytes each.
  ;; What the host passes in is allocated from 8192 on, and given back when the call has returned.
  (global $results i32 (i32.const 1024))
  (global $next (mut i32) (i32.const 8192))
  (global $next-tally (mut i32) (i32.const 2048))
  (global $tallies (mut i32) (i32.const 0))

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

  (func $free
    (global.set $next (i32.const 8192)))

  ;; A tally is represented by the address of its number. Addresses are not used again; 768 can be made.
  (func $make-tally (param $start i64) (result i32)
    (if (i32.ge_u (global.get $next-tally) (i32.const 8192)) (then unreachable))
    (i64.store (global.get $next-tally) (local.get $start))
    (global.set $tallies (i32.add (global.get $tallies) (i32.const 1)))
    (call $new-tally (global.get $next-tally))
    (global.set $next-tally (i32.add (global.get $next-tally) (i32.const 8))))
  (func (export "test:values/run@0.1.0#[constructor]tally") (param $start i64) (result i32)
    (call $make-tally (local.get $start)))
  (func (export "test:values/run@0.1.0#[dtor]tally") (param $rep i32)
    (global.set $tallies (i32.sub (global.get $tallies) (i32.const 1))))
  (func (export "test:values/run@0.1.0#[method]tally.add") (param $rep i32) (param $n i64) (result i64)
    (i64.store (local.get $rep) (i64.add (i64.load (local.get $rep)) (local.get $n)))
    (i64.load (local.get $rep)))
  (func (export "test:values/run@0.1.0#[static]tally.merge") (param $first i32) (param $second i32) (result i32)
    (call $make-tally
      (i64.add
        (i64.load (call $tally-rep (local.get $first)))
        (i64.load (call $tally-rep (local.get $second)))))
    (call $drop-tally (local.get $first))
    (call $drop-tally (local.get $second)))
  (func (export "test:values/run@0.1.0#read-tally") (param $rep i32) (result i64)
    (i64.load (local.get $rep)))
  (func (export "test:values/run@0.1.0#tallies") (result i32)
    (global.get $tallies))

  (func (export "test:values/run@0.1.0#work-blob") (param $bytes i32) (param $size i32) (result i32)
    (local $first i32) (local $second i32) (local $third i32)
    (local.set $first (call $new-blob (local.get $bytes) (local.get $size)))
    (i32.store (i32.const 1024) (call $blob-size (local.get $first)))
    (call $blob-append (local.get $first) (local.get $bytes) (local.get $size))
    (i32.store (i32.const 1028) (call $blob-size (local.get $first)))
    (i32.store (i32.const 1032) (call $import-look (local.get $first)))
    (local.set $second (call $new-blob (local.get $bytes) (local.get $size)))
    (local.set $third (call $blob-join (local.get $first) (local.get $second)))
    (i32.store (i32.const 1036) (call $blob-size (local.get $third)))
    (call $drop-blob (local.get $second))
    (call $drop-blob (local.get $third))
    (global.get $results))
  (func (export "cabi_post_test:values/run@0.1.0#work-blob") (param i32) (call $free))

  ;; @functions
)
