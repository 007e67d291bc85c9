// Command bench measures the program as a whole, as its users run it: real
// processes, a real checkpoint on a real disk, the sandbox as a process of its
// own on loopback.
//
//	go run ./bench                    the sizes of make bench: about ten minutes
//	go run ./bench -size full         the sizes that the goals name: about an hour
//	go run ./bench -only limit        one part
//	go run ./bench -doc docs/performance.md
//
// A machine's speed drifts, so what is compared is run in turns within one part,
// and the medians and ratios of these turns are what counts. Every part writes
// its own section of docs/performance.md, between its markers.
//
// Whatever is measured runs in a child process: what it used of CPU and memory is
// then the operating system's own account of it (wait4). Children that are not
// the program itself are this program again, with the name of a task as its first
// argument (children.go). The parent stays small: a child's account begins with
// the memory of the process that started it.
package main
